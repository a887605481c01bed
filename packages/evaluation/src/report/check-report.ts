import { UserError } from '../user-error.ts';
import type { RunReport } from './run-report.ts';

const THUMBNAIL = /^data:image\/(?:png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/]+={0,2}$/;

/**
 * Refuses pictures that are not in the page itself: they would be fetched when someone opens the file.
 *
 * @throws UserError `THUMBNAIL` naming the place
 */
export function checkThumbnails(report: RunReport): void {
  const check = (uri: string | null, place: string): void => {
    if (uri === null || THUMBNAIL.test(uri)) return;
    const shown = uri.length > 60 ? `${uri.slice(0, 60)}…` : uri;
    throw new UserError(
      'THUMBNAIL',
      `${place} has the thumbnail "${shown}"; give a base64 data: URI of a PNG, JPEG, WebP, GIF or AVIF picture.`,
    );
  };
  report.cleaning?.keptSamples.forEach((pair, i) => check(pair.thumbnail, `kept sample ${i}`));
  for (const { rule, pairs } of report.cleaning?.droppedSamples ?? []) {
    pairs.forEach((pair, i) => check(pair.thumbnail, `dropped sample ${i} of rule ${rule}`));
  }
  for (const { rule, dropped, near } of report.cleaning?.rules ?? []) {
    [...dropped, ...near].forEach((pair, i) => {
      check(pair.thumbnail, `sample ${i} of rule ${rule}`);
      check(pair.beside ?? null, `sample ${i} of rule ${rule}`);
    });
  }
  report.evaluation?.textQueries.forEach((query, i) =>
    query.matches.forEach((match, j) => check(match.thumbnail, `match ${j} of text query ${i}`)),
  );
  report.evaluation?.imageQueries.forEach((query, i) => check(query.thumbnail, `image query ${i}`));
}
