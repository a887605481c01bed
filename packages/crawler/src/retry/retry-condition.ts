import { parseWhere } from '@wenlan/shards';
import type { Condition } from '@wenlan/shards';

const LIST = /"[^"]*"|'[^']*'|(?<column>[\p{L}_][\p{L}\p{N}_.]*)\s+in\s*\((?<values>[^()]*)\)/giu;

/**
 * A condition of `parseWhere`, in which a column may also be compared with a list: `outcome in (timeout, http-5xx)`.
 * @throws UserError WHERE_INVALID
 */
export function retryCondition(where: string): Condition {
  return parseWhere(
    where.replace(LIST, (whole: string, column: string | undefined, values: string | undefined) => {
      if (column === undefined || values === undefined) return whole;
      const equals = values.split(',').map((value) => `${column} = ${value.trim()}`);
      return `(${equals.join(' or ')})`;
    }),
  );
}
