/** What a reader of the tutorial writes into wenlan.yaml: a site of drawings, and a model that is trained for a moment. */
export function readerConfig(seed: string): object {
  return {
    crawl: {
      contact: 'you@your-university.example',
      sources: [{ name: 'campus-news', kind: 'web', seeds: [seed], maxPages: 50 }],
      allowAddresses: ['127.0.0.0/8'],
      perHost: { requestsPerSecond: 10_000 },
    },
    clean: {
      recipe: {
        extends: 'small-pictures',
        change: { 'near-duplicate': false, 'text-frequency': { max: 100 } },
        split: { validation: 0.05, test: 0.2 },
      },
    },
    train: { model: 'tiny', steps: 20, batchSize: 16, queueSize: 64, queueWarmupSteps: 10, vocabulary: { minCount: 1 } },
  };
}
