/** Scores every picture with every text; how it does so is the model's affair. */
export interface Ranker {
  /** Height and width of a picture in pixels. */
  readonly side: number;
  /** How many numbers are kept of a picture: its feature, or those of its regions. */
  readonly imageValues: number;
  /**
   * @param pixels [count, side, side, 3], RGB 0..1
   * @param boxes of each picture [boxes, 4], x1 y1 x2 y2 in pixels; the grid for those without, and by default for all
   * @returns [count, imageValues]
   */
  encodeImages(pixels: Float32Array, count: number, boxes?: readonly (Float32Array | null)[]): Promise<Float32Array>;
  /**
   * @param images [count, imageValues]
   * @returns [count, texts.length], higher where the two belong together
   */
  scoreAll(images: Float32Array, texts: readonly string[]): Promise<Float32Array>;
  /** Frees captured programs, not parameters. */
  dispose(): void;
}
