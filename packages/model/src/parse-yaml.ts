import { parse, YAMLParseError } from 'yaml';

/** Where YAML is broken, and how. */
export interface YamlProblem {
  line: number;
  problem: string;
  cause: YAMLParseError;
}

/** What YAML holds, unchecked. @param refusal the error to throw where it is broken */
export function parseYaml(text: string, refusal: (broken: YamlProblem) => Error): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw refusal({ line: cause.linePos?.[0].line ?? 1, problem: cause.message.split(' at line')[0]!, cause });
  }
}
