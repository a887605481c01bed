/** Columns of which the page shows counts by value. */
export const FACETS = ['source', 'split', 'outcome', 'band'] as const;
export type Facet = (typeof FACETS)[number];

/** Columns of numbers that every dataset has; its scores come besides, each under {@link scoreColumn}. */
export const NUMBERS = ['width', 'height', 'pictureBytes', 'textLength', 'fetchedAt'] as const;

const SCORE_PREFIX = 'score:';

/** The column of a score. */
export const scoreColumn = (name: string): string => `${SCORE_PREFIX}${name}`;

/** A name as SQL writes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
