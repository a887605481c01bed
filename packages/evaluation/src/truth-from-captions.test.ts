import { describe, expect, it } from 'vitest';
import { truthFromCaptions } from './truth-from-captions.ts';

describe(truthFromCaptions, () => {
  it('makes one text of equal captions, right for all their pictures', () => {
    expect(truthFromCaptions(['红心', '苹果', '红心', '红 心'])).toEqual({
      texts: ['红心', '苹果', '红 心'],
      truth: [[0, 2], [1], [3]],
      textOfImage: [0, 1, 0, 2],
      captionPolicy: expect.stringContaining('4 pictures, 3 distinct captions'),
    });
  });

  it('refuses an empty caption and an empty list', () => {
    expect(() => truthFromCaptions(['a', ' '])).toThrow(expect.objectContaining({ code: 'CAPTION_EMPTY', exitStatus: 2 }));
    expect(() => truthFromCaptions(['a', ' '])).toThrow('caption of picture 1 is empty');
    expect(() => truthFromCaptions([])).toThrow(expect.objectContaining({ code: 'CAPTIONS_MISSING', exitStatus: 2 }));
  });
});
