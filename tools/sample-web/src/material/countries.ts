import { drawingsOf, packageData } from './vendors.ts';

/** A country or territory with a flag and a Chinese name. */
export interface Country {
  /** ISO 3166-1 alpha-2, in lower case. */
  code: string;
  name: string;
  continent: string;
  /** File name. */
  drawing: string;
}

const CONTINENTS: Readonly<Record<string, string>> = {
  Asia: '亚洲',
  Europe: '欧洲',
  Africa: '非洲',
  Oceania: '大洋洲',
  'North America': '北美洲',
  'South America': '南美洲',
  Antarctica: '南极洲',
};

/** The countries of ISO 3166-1 whose flag flag-icons has, by code. */
export function readCountries(): Country[] {
  const rows = packageData('flag-icons/country.json') as { code: string; continent?: string }[];
  const { countries: names } = packageData('i18n-iso-countries/langs/zh.json') as {
    countries: Record<string, string | string[]>;
  };
  const drawings = drawingsOf('flags');
  return rows
    .flatMap(({ code, continent }): Country[] => {
      const name = [names[code.toUpperCase()] ?? []].flat()[0];
      const drawing = drawings.get(code);
      const where = CONTINENTS[continent ?? ''];
      return name === undefined || drawing === undefined || where === undefined
        ? []
        : [{ code, name, continent: where, drawing }];
    })
    .sort((left, right) => (left.code < right.code ? -1 : 1));
}
