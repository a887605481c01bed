const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for HTML and XML, in elements and attributes. */
export const escape = (value: string): string => value.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);

/** What shows the pictures that a page loads late. */
export const LAZY_SCRIPT =
  '<script>for (const i of document.querySelectorAll("img[data-src],img[data-original]")) i.src = i.dataset.src || i.dataset.original</script>';

/** The same text as old content systems write it: with quotation marks, dots and some characters as references. */
export function escapeOddly(value: string): string {
  const named: Readonly<Record<string, string>> = {
    '“': '&ldquo;',
    '”': '&rdquo;',
    '·': '&middot;',
    '—': '&mdash;',
    '…': '&hellip;',
    ' ': '&nbsp;',
  };
  return escape(value)
    .replaceAll(/[“”·—… ]/g, (character) => named[character]!)
    .replaceAll(/[的是]/g, (character) => `&#x${character.codePointAt(0)!.toString(16)};`);
}
