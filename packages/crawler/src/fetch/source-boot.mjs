// From source: a loader registered in the main thread doesn't reach workers on Node 20, so each worker registers its own.
import { register } from 'tsx/esm/api';

register();
await import('./network-thread-host.ts');
