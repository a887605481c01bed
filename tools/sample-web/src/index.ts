export { startSampleWeb } from './start-sample-web.ts';
export type { SampleSite, SampleWeb, SampleWebOptions } from './start-sample-web.ts';
