import { expect, it } from 'vitest';
import { Scope } from './scope.ts';

it.each([
  [undefined, 'http://a.test/x', true],
  [undefined, 'https://a.test/', true],
  [undefined, 'http://b.a.test/', false],
  [undefined, 'http://a.test:8080/', false],
  [['b.test'], 'http://b.test/x', true],
  [['b.test'], 'http://a.test/x', false],
  [['a.test/wiki/'], 'http://a.test/wiki/Panda', true],
  [['a.test/wiki/'], 'http://a.test/talk/Panda', false],
  [['a.test/wiki/'], 'http://moved.test/talk/Panda', true],
])('scope %j includes %s: %s', (scope, url, isIncluded) => {
  const config = { seeds: ['http://a.test/start'], ...(scope !== undefined && { scope }) };
  expect(new Scope(config).includes(url, ['moved.test'])).toBe(isIncluded);
});
