import { trusted } from '../report/html.ts';
import type { Html } from '../report/html.ts';

/** How pages of tables and plots look. */
export const PAGE_STYLE: Html = trusted(
  '<style>body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}' +
    'td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:right;white-space:nowrap}th:first-child,td:first-child,' +
    'td:nth-child(2),th:nth-child(2){text-align:left}.scroll{overflow-x:auto}svg{width:100%;max-width:44rem;font-size:12px}' +
    'figure{margin:2rem 0}.published td{color:#555;font-style:italic}dt{font-weight:600}</style>',
);
