/** Which of the layers of a backbone to run. */
export interface LayerRange {
  /** Default: 0. */
  from?: number;
  /** The first that isn't run. Default: all are. */
  to?: number;
}
