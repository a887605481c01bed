/** Stands for a number that is not there. */
const NONE = '–';

function formatter(digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
const BY_DIGITS = [0, 1, 2, 3].map(formatter);

/** With thousands separators; a dash for what is no finite number. */
export function formatNumber(value: number, digits: 0 | 1 | 2 | 3 = 0): string {
  return Number.isFinite(value) ? BY_DIGITS[digits]!.format(value) : NONE;
}

/** Whole numbers as they are, others with one digit: ranks and their means. */
export function formatRank(value: number): string {
  return formatNumber(value, Number.isInteger(value) ? 0 : 1);
}

export function formatPercent(value: number, digits: 0 | 1 | 2 = 1): string {
  return Number.isFinite(value) ? `${formatNumber(value, digits)}%` : NONE;
}

/** A share of a whole as per cent; a dash of nothing. */
export function formatShare(part: number, whole: number): string {
  return formatPercent(whole > 0 ? (100 * part) / whole : Number.NaN);
}

/** A chance level or a ratio, of which small ones need more digits. */
export function formatSmall(value: number): string {
  return formatNumber(value, Math.abs(value) < 1 ? 2 : 1);
}

/** `4.2 s`, `3 min 07 s`, `1 h 05 min`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return NONE;
  if (seconds < 60) return `${formatNumber(seconds, seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return minutes < 60 ? `${minutes} min ${two(whole % 60)} s` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** `2026-10-03 14:05 UTC`. */
export function formatInstant(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? NONE : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Three digits that matter, for the values of a curve. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  return formatNumber(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
