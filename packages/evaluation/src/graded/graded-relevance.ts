import { UserError } from '../user-error.ts';

/** One query of a user study: what a system ranked first, second, …, and how relevant people found each. */
export interface GradedRanking {
  /** Grades of the answers in the order in which the system ranks them, 0 for irrelevant. */
  readonly grades: readonly number[];
}

/** MAP and NDCG of graded answers. */
export interface GradedScores {
  readonly queries: number;
  /** Mean average precision: of grades at or above `relevantFrom`; a query without any is left out. */
  readonly MAP: number | null;
  /** By `NDCG@k`; a query without any relevant answer is left out. */
  readonly NDCG: Readonly<Record<`NDCG@${number}`, number | null>>;
  readonly conditions: {
    readonly gain: string;
    readonly discount: string;
    readonly relevantFrom: number;
    readonly leftOut: number;
  };
}

/** How graded answers are counted. */
export interface GradedOptions {
  /** 1, 5 and 10 unless told. */
  readonly at?: readonly number[];
  /** The lowest grade that counts as relevant for MAP; 1 unless told. */
  readonly relevantFrom?: number;
  /** `exponential`: 2^grade − 1 (Burges et al., ICML 2005), unless told; `linear`: the grade (Järvelin and Kekäläinen 2002). */
  readonly gain?: 'exponential' | 'linear';
}

/**
 * MAP and NDCG of graded answers, as user studies report them; all graded answers of a query must be among its ranking.
 *
 * @throws UserError `GRADES_MISSING`, `GRADES_RANGE` naming the query, `RECALL_AT`
 */
export function gradedRelevance(rankings: readonly GradedRanking[], options: GradedOptions = {}): GradedScores {
  const { at = [1, 5, 10], relevantFrom = 1, gain = 'exponential' } = options;
  if (at.length === 0 || at.some((k) => !Number.isSafeInteger(k) || k < 1)) {
    throw new UserError('RECALL_AT', `NDCG is asked at [${at.join(', ')}]; give whole numbers from 1.`);
  }
  if (rankings.length === 0) throw new UserError('GRADES_MISSING', 'there are no rankings; give at least one query.');
  for (const [query, { grades }] of rankings.entries()) {
    if (grades.length === 0) throw new UserError('GRADES_MISSING', `query ${query} has no graded answers; leave it out.`);
    const bad = grades.findIndex((grade) => !Number.isFinite(grade) || grade < 0);
    if (bad >= 0) {
      throw new UserError('GRADES_RANGE', `grade ${bad} of query ${query} is ${grades[bad]}; grades are numbers from 0.`);
    }
  }
  const gainOf = (grade: number): number => (gain === 'linear' ? grade : 2 ** grade - 1);
  const dcg = (grades: readonly number[], k: number): number =>
    grades.slice(0, k).reduce((sum, grade, index) => sum + gainOf(grade) / Math.log2(index + 2), 0);
  const ndcg = ({ grades }: GradedRanking, k: number): number | null => {
    const ideal = dcg(
      grades.toSorted((a, b) => b - a),
      k,
    );
    return ideal === 0 ? null : dcg(grades, k) / ideal;
  };
  return {
    queries: rankings.length,
    MAP: meanOf(rankings.map((ranking) => averagePrecision(ranking, relevantFrom))),
    NDCG: Object.fromEntries(at.map((k) => [`NDCG@${k}`, meanOf(rankings.map((ranking) => ndcg(ranking, k)))])),
    conditions: {
      gain: gain === 'linear' ? 'the grade' : '2^grade − 1',
      discount: 'log2(rank + 1)',
      relevantFrom,
      leftOut: rankings.filter(({ grades }) => grades.every((grade) => grade === 0)).length,
    },
  };
}

function averagePrecision({ grades }: GradedRanking, relevantFrom: number): number | null {
  let [found, sum] = [0, 0];
  for (const [index, grade] of grades.entries()) {
    if (grade < relevantFrom) continue;
    found += 1;
    sum += found / (index + 1);
  }
  return found === 0 ? null : sum / found;
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
