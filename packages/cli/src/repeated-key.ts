const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** The first key that an object of a valid JSON text has twice, and its line; `JSON.parse` keeps the last one without a word. */
export function repeatedKey(json: string): { key: string; line: number } | undefined {
  const objects: (Set<string> | null)[] = []; // null for a list
  let string: { key: string; at: number } | undefined;
  for (const { 0: token, index } of json.matchAll(TOKENS)) {
    if (token === '{') objects.push(new Set());
    else if (token === '[') objects.push(null);
    else if (token === '}' || token === ']') objects.pop();
    else if (token !== ':') string = { key: JSON.parse(token) as string, at: index };
    else {
      const { key, at } = string!;
      const keys = objects.at(-1)!;
      if (keys.has(key)) return { key, line: json.slice(0, at).split('\n').length };
      keys.add(key);
    }
  }
  return undefined;
}
