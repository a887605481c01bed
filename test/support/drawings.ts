const COLOURS: [name: string, fill: string][] = [
  ['红色', '#d22'],
  ['黄色', '#ec2'],
  ['绿色', '#2a4'],
  ['蓝色', '#24d'],
  ['紫色', '#84b'],
  ['黑色', '#111'],
];
/** Shapes around the middle of a 100 × 100 picture. */
const SHAPES: [name: string, element: string][] = [
  ['圆形', '<circle cx="50" cy="50" r="34"/>'],
  ['方形', '<rect x="20" y="20" width="60" height="60"/>'],
  ['三角形', '<path d="M50 14 88 82 12 82Z"/>'],
  ['横条', '<rect x="6" y="38" width="88" height="24"/>'],
];

export interface Drawing {
  caption: string;
  svg: string;
}

/** One drawing for each of 24 meanings; a variant is smaller or larger and lies elsewhere. */
export function drawings(variant: number): Drawing[] {
  const transform = `translate(${(variant * 7) % 11} ${(variant * 5) % 13}) scale(${0.75 + (variant % 4) * 0.07})`;
  return COLOURS.flatMap(([colour, fill]) =>
    SHAPES.map(([shape, element]) => ({
      caption: `${colour}的${shape}`,
      svg: `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><g fill="${fill}" transform="${transform}">${element}</g></svg>`,
    })),
  );
}
