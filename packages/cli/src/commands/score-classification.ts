import {
  type ClassificationScores,
  type LabelledImages,
  linearProbe,
  nearestNeighbours,
  readVectors,
  zeroShot,
} from '@wenlan/evaluation';
import type { CommandContext } from '../command-context.ts';
import { readJson } from '../read-json.ts';
import { UsageError } from '../usage-error.ts';

export interface ScoreClassificationCommandOptions {
  images: string;
  /** JSON: `{"classNames": ["猫", …], "labels": [0, …]}`, and `classOfPrompt`, `trainingLabels` where they are needed. */
  labels: string;
  prompts?: string;
  training?: string;
  method: 'zero-shot' | 'linear-probe' | 'knn';
}

interface Labels extends LabelledImages {
  classOfPrompt?: number[];
  trainingLabels?: number[];
}

/** Classification of pictures whose vectors any model wrote. */
export async function scoreClassificationCommand(
  options: ScoreClassificationCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { labels, classNames, classOfPrompt, trainingLabels } = await readLabels(options.labels);
  const given = { images: await readVectors(options.images), labels, classNames };
  const scores = await scored();
  const keys = Object.keys(scores.meanPerClass) as 'top-1'[];
  context.print(scores, [
    scores.conditions.method,
    ...keys.map(
      (key) =>
        `${key}  ${scores[key]!.toFixed(2)} %, mean of classes ${scores.meanPerClass[key]!.toFixed(2)} %, chance ${scores.chance[key]!.toFixed(2)} %`,
    ),
  ]);

  async function scored(): Promise<ClassificationScores> {
    if (options.method === 'zero-shot') {
      if (options.prompts === undefined) throw missing('zero-shot', '--prompts with the vectors of the prompts');
      return zeroShot({ ...given, prompts: await readVectors(options.prompts), ...(classOfPrompt && { classOfPrompt }) });
    }
    if (options.training === undefined || trainingLabels === undefined) {
      throw missing(options.method, '--training with vectors, and "trainingLabels" in the labels');
    }
    const training = await readVectors(options.training);
    return options.method === 'knn'
      ? nearestNeighbours({ ...given, gallery: training, galleryLabels: trainingLabels })
      : linearProbe({ ...given, training, trainingLabels });
  }
}

async function readLabels(file: string): Promise<Labels> {
  const value = (await readJson(file)) as Partial<Labels> | null;
  if (!Array.isArray(value?.labels) || !Array.isArray(value.classNames)) {
    throw new UsageError(
      'LABELS_SHAPE',
      `${file} has another form; give {"classNames": ["猫", …], "labels": [0, …]}, a class for each picture.`,
    );
  }
  return value as Labels;
}

function missing(method: string, what: string): UsageError {
  return new UsageError('OPTION_MISSING', `The method ${method} needs ${what}; give it.`);
}
