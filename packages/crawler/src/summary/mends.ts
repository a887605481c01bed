/** What to do about pages or pictures of an outcome, to follow a semicolon; outcomes that are as they should be have none. */
export const MENDS: Readonly<Record<string, string>> = {
  dns: 'check the spelling of the host, and that this machine can resolve names',
  tcp: 'check the address and port, and that this machine can reach the host',
  tls: "the host's certificate or protocol isn't sound; check whether its address begins with http: rather than https:",
  timeout: 'try again later, or lower perHost.requestsPerSecond',
  'too-slow': 'raise limits.totalTimeoutMillis, or crawl at a quieter hour',
  'too-big': 'raise maxImageBytes or maxPageBytes if they are wanted',
  'http-4xx': 'open one of its addresses in a browser; it may have moved, or want a login or another Referer',
  'http-5xx': 'the site has trouble of its own; try again later',
  'rate-limited': 'the site was asked too often; lower perHost.requestsPerSecond and perHost.concurrency',
  robots: "the site's robots.txt forbids it to this crawler; choose other seeds, or ask the site",
  'redirect-loop': 'open its address in a browser and use the one that it ends at',
  'filtered:private-address':
    'if the network is yours, name its range in allowAddresses or by --allow-address (127.0.0.0/8 for this machine)',
  'not-image':
    'their servers answer something else than a picture, often a login or a notice; open one in a browser, or send another Referer by an adapter',
  decode: 'their files are damaged or were cut on the way; fetch them once more with `wenlan retry`',
  'opt-out': 'the site keeps them out of data sets; choose other pages, or ask the site',
  'filtered:no-image': 'the list names no picture there; name its column of URLs with columns.image or --url-col',
  'filtered:not-http': 'a list takes http and https URLs; for files of this machine use the kind local',
  'filtered:bad-row': 'these lines of the list are damaged; mend them, or leave them out',
  'filtered:file-missing': 'the captions name files that are not there; check their paths',
  'filtered:concept-cap': 'they are of concepts that coverage.caps limits; raise those for more',
  unreadable: "its answer isn't what such a source answers; check the kind of the source",
};
