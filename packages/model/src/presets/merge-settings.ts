/** Keys and values whose types nobody has looked at yet. */
export type Settings = Readonly<Record<string, unknown>>;

/** Objects key by key, at any depth; everything else is replaced. */
export function mergeKeys(base: unknown, own: unknown): unknown {
  if (!isObject(base) || !isObject(own)) return own;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) merged[key] = mergeKeys(base[key], value);
  return merged;
}

export function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
