import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { UserError } from '../user-error.ts';
import { type DownstreamTask, TaskBuilder, wrongLayout } from './downstream-task.ts';
import { linesOf, objectOf, pictureIn } from './read-lines.ts';

/** Which part of a downstream data set is read. */
export interface ReaderOptions {
  /** `validation` or `test`, by the names that a data set gives them. */
  readonly split?: string;
  /** Of AIC-ICC: how many pictures of the annotation file, in its order; all unless told. */
  readonly maxImages?: number;
}

type Reader = (folder: string, options: ReaderOptions) => Promise<DownstreamTask>;

const AIC =
  'a caption_*_annotations_*.json, a list of {"image_id": "NAME.jpg", "caption": ["…", …]}, beside a folder caption_*_images_* of the pictures.';

/** AI Challenger image captioning (Wu et al. 2017): five captions a picture, each a text of its own. */
const aicIcc: Reader = async (folder, { split = 'validation', maxImages = Infinity }) => {
  const names = await readdir(folder).catch(() => wrongLayout('aic-icc', `${folder} is no folder`, AIC));
  const annotations = names.find((name) => name.startsWith(`caption_${split}_annotations`) && name.endsWith('.json'));
  const images = names.find((name) => name.startsWith(`caption_${split}_images`));
  if (annotations === undefined || images === undefined) {
    const missing = annotations === undefined ? `caption_${split}_annotations_*.json` : `caption_${split}_images_*`;
    return wrongLayout('aic-icc', `${folder} has no ${missing}`, AIC);
  }
  const file = join(folder, annotations);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return wrongLayout('aic-icc', `${file} is no JSON`, AIC);
  }
  if (!Array.isArray(value)) return wrongLayout('aic-icc', `${file} is no list`, AIC);
  const builder = new TaskBuilder();
  for (const [index, entry] of (value as unknown[]).slice(0, maxImages).entries()) {
    const where = `entry ${index} of ${file}`;
    const { image_id: id, caption } = objectOf('aic-icc', JSON.stringify(entry), where, ['image_id', 'caption'], AIC);
    if (typeof id !== 'string' || !Array.isArray(caption)) return wrongLayout('aic-icc', `${where} has another form`, AIC);
    const row = builder.image(id, { file: await pictureIn('aic-icc', join(folder, images), [id], AIC) });
    for (const text of caption as unknown[]) builder.text(textIn(text, where, 'aic-icc', AIC), [row]);
  }
  return builder.build(`aic-icc, ${split}`, 'every caption of a picture is a text of its own');
};

/** Files of COCO-CN and Flickr30k-CN: a line `PICTURE#ROLE#N<tab or blank>caption`. */
function captionLines(task: string, layout: string, files: (split: string) => string[]): Reader {
  return async (folder, { split = 'test' }) => {
    const { file, lines } = await linesOf({ task, folder, names: files(split), layout });
    const builder = new TaskBuilder();
    for (const [index, line] of lines.entries()) {
      const match = /^(\S+?)(?:\.jpe?g)?(?:#\S*)?[\t ]+(.+)$/iu.exec(line);
      if (match === null) return wrongLayout(task, `line ${index + 1} of ${file} is "${line.slice(0, 40)}"`, layout);
      const [, id, text] = match as unknown as [string, string, string];
      const picture = await pictureIn(task, join(folder, 'images'), [`${id}.jpg`, `${id}.jpeg`, `${id}.png`], layout);
      builder.text(text.trim(), [builder.image(id, { file: picture })]);
    }
    return builder.build(`${task}, ${split}`, 'every caption of a picture is a text of its own');
  };
}

const COCO_CN =
  'imageid.human-written-caption.SPLIT.txt (lines "COCO_val2014_000000000042#0<tab>caption") beside a folder images of NAME.jpg.';
const FLICKR_CN = 'flickr30k_cn_SPLIT.txt (lines "1000092795.jpg#0<tab>caption") beside a folder images of NAME.jpg.';
const cocoCn = captionLines('coco-cn', COCO_CN, (split) => [`imageid.human-written-caption.${split}.txt`, `${split}.txt`]);
const flickr30kCn = captionLines('flickr30k-cn', FLICKR_CN, (split) => [
  `flickr30k_cn_${split}.txt`,
  `flickr30k-cn-${split}.txt`,
  `${split}.txt`,
]);

const CN_CLIP =
  'SPLIT_imgs.tsv (lines "id<tab>base64 of the picture") and SPLIT_texts.jsonl (lines {"text_id": 1, "text": "…", "image_ids": [1, …]}).';

/** Chinese-CLIP's layout, in which MUGE is distributed too: every picture of the TSV is in the gallery, with a text or without. */
function chineseClip(task: string, directions: DownstreamTask['directions']): Reader {
  return async (folder, { split = 'valid' }) => {
    const layout = CN_CLIP;
    const images = await linesOf({ task, folder, names: [`${split}_imgs.tsv`], layout });
    const texts = await linesOf({ task, folder, names: [`${split}_texts.jsonl`], layout });
    const builder = new TaskBuilder();
    for (const [index, line] of images.lines.entries()) {
      const [id, base64] = line.split('\t');
      if (!id || !base64) return wrongLayout(task, `line ${index + 1} of ${images.file} has no tab`, layout);
      if (builder.rowOf(id) !== undefined) {
        return wrongLayout(task, `line ${index + 1} of ${images.file} gives picture ${id} a second time`, layout);
      }
      builder.image(id, { base64 });
    }
    for (const [index, line] of texts.lines.entries()) {
      const where = `line ${index + 1} of ${texts.file}`;
      const { text, image_ids: ids } = objectOf(task, line, where, ['text', 'image_ids'], layout);
      if (!Array.isArray(ids)) return wrongLayout(task, `"image_ids" of ${where} is no list`, layout);
      const rows = (ids as unknown[]).map((id) => builder.rowOf(String(id)) ?? refuseId(task, String(id), where, images.file));
      builder.text(textIn(text, where, task, layout), rows);
    }
    return builder.build(
      `${task}, ${split}`,
      'every line of texts is a text of its own; all pictures are in the gallery',
      directions,
    );
  };
}

const BRIVL = 'a SPLIT.jsonl of lines {"sentences": [["…"], …] or "…", "image_id": "images/NAME.jpg"}, paths relative to it.';

/** The JSON lines of the released BriVL: the first sentence of a picture is its text, as its evaluation takes it. */
const brivl: Reader = async (folder, { split = 'test' }) => {
  const { file, lines } = await linesOf({ task: 'brivl', folder, names: [`${split}.jsonl`, `${split}.json`], layout: BRIVL });
  const builder = new TaskBuilder();
  for (const [index, line] of lines.entries()) {
    const where = `line ${index + 1} of ${file}`;
    const { sentences, image_id: id } = objectOf('brivl', line, where, ['sentences', 'image_id'], BRIVL);
    if (typeof id !== 'string') return wrongLayout('brivl', `"image_id" of ${where} is no path`, BRIVL);
    const sentence = Array.isArray(sentences) ? (sentences as unknown[]).flat()[0] : sentences;
    const [base, name] = isAbsolute(id) ? [dirname(id), basename(id)] : [folder, id];
    const picture = await pictureIn('brivl', base, [name], BRIVL);
    builder.text(textIn(sentence, where, 'brivl', BRIVL), [builder.image(id, { file: picture })]);
  }
  return builder.build(`brivl, ${split}`, 'the first sentence of a picture is its text');
};

const READERS: Readonly<Record<string, Reader>> = {
  'aic-icc': aicIcc,
  'coco-cn': cocoCn,
  'flickr30k-cn': flickr30kCn,
  muge: chineseClip('muge', ['t2i']),
  'chinese-clip': chineseClip('chinese-clip', ['i2t', 't2i']),
  brivl,
};

/** The downstream data sets that can be read. */
export const TASK_NAMES: readonly string[] = Object.keys(READERS);

/**
 * Reads a downstream data set in the layout in which it is distributed.
 *
 * @throws UserError `TASK_UNKNOWN`; `DATASET_LAYOUT` saying what lies there and what is wanted; `DATASET_EMPTY`
 */
export async function readTask(name: string, folder: string, options: ReaderOptions = {}): Promise<DownstreamTask> {
  const reader = READERS[name];
  if (reader === undefined) {
    throw new UserError('TASK_UNKNOWN', `there is no task "${name}"; name one of ${TASK_NAMES.join(', ')}.`);
  }
  const task = await reader(folder, options);
  if (task.texts.length === 0) throw new UserError('DATASET_EMPTY', `${folder} has no texts of ${name}; name another split.`);
  return task;
}

function textIn(value: unknown, where: string, task: string, layout: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  return wrongLayout(task, `${where} has the text ${JSON.stringify(value) ?? 'nothing'}`, layout);
}

function refuseId(task: string, id: string, where: string, file: string): never {
  throw new UserError(
    'DATASET_LAYOUT',
    `${where} names picture ${id}, which ${file} lacks; copy both files of ${task} from one place.`,
  );
}
