import { afterEach, expect, it } from 'vitest';
import { startTestWeb } from '../../test/support/test-web.ts';
import type { TestWeb } from '../../test/support/test-web.ts';
import { AddressPolicy } from './address-policy.ts';
import { createAgent } from './agent.ts';
import { CachingLookup } from './caching-lookup.ts';
import { ConnectTo } from './connect-to.ts';

let web: TestWeb | undefined;
afterEach(() => web?.close());

it('keeps nothing of a host whose connections are closed', async () => {
  const hosts = Array.from({ length: 50 }, (_, number) => `${number}.test`);
  const route = { headers: { connection: 'close' }, body: 'x' };
  web = await startTestWeb(Object.fromEntries(hosts.map((host) => [`${host}/`, route])));
  const policy = new AddressPolicy(['127.0.0.0/8']);
  const agent = createAgent({
    policy,
    lookup: new CachingLookup({ policy, onOverload: () => {} }),
    connectTo: new ConnectTo(web.connectTo),
    connectTimeoutMillis: 5_000,
    connectionsPerOrigin: 2,
  });
  for (const host of hosts) {
    const { body } = await agent.request({ origin: `http://${host}`, path: '/', method: 'GET' });
    await body.dump();
  }
  await expect.poll(() => Object.keys(agent.stats)).toEqual([]);
  await agent.close();
});
