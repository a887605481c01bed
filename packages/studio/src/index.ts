export { startStudio } from './studio.ts';
export type { Studio } from './studio.ts';
export type {
  CleaningOption,
  CleaningPreview,
  Collection,
  DatasetOption,
  Figure,
  FigureTable,
  MetricPoint,
  RuleChanges,
  RuleOptions,
  RunOption,
  SearchMatch,
  SearchOption,
  StudioOptions,
} from './studio-options.ts';
