export interface Span {
  text: string;
  kind: 'same' | 'removed' | 'added';
}

/** Longer texts are only compared at their ends. */
const MAX_CELLS = 250_000;

/** How a text became another: a longest common subsequence of characters, with what was taken out before what was put in. */
export function changedSpans(before: string, after: string): Span[] {
  const [left, right] = [[...before], [...after]];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const spans: Span[] = [];
  const add = (kind: Span['kind'], text: string): void => {
    if (text === '') return;
    const last = spans.at(-1);
    if (last?.kind === kind) last.text += text;
    else spans.push({ kind, text });
  };
  add('same', left.slice(0, start).join(''));
  const [inner, other] = [left.slice(start, left.length - end), right.slice(start, right.length - end)];
  if (inner.length * other.length > MAX_CELLS) {
    add('removed', inner.join(''));
    add('added', other.join(''));
  } else compare(inner, other, add);
  add('same', left.slice(left.length - end).join(''));
  return spans;
}

function compare(left: string[], right: string[], add: (kind: Span['kind'], text: string) => void): void {
  const width = right.length + 1;
  /** Length of the longest common subsequence of what follows: [left + 1, right + 1] */
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1)
    for (let j = right.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        left[i] === right[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      add('same', left[i]!);
      i += 1;
      j += 1;
    } else if (i < left.length && (j === right.length || lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) {
      add('removed', left[i]!);
      i += 1;
    } else {
      add('added', right[j]!);
      j += 1;
    }
  }
}
