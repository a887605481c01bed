/**
 * The page's style sheet. Ink and muted text keep a contrast of at least 4.5 : 1 on paper and card in both schemes; nothing is said by
 * colour alone.
 */
export const STYLE = `
:root{color-scheme:light dark;
--paper:#f8f6f1;--card:#fffefb;--ink:#211e19;--muted:#655e53;--line:#e3dccf;--faint:#efeae0;--seal:#b02a1e;--accent:#9c2a1f;--good:#1d6b47;--good-soft:#e3f1e8;
--s0:#2c5f86;--soft:#9dbbd3;--s1:#b9782a;--s2:#5b7f4c;--s3:#8a5a83;--s4:#3f8a8c;--s5:#8b7a5e;--lost:#b8ad99;--thumb:#fff;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,Georgia,"Songti SC","Noto Serif CJK SC","Noto Serif SC",SimSun,serif;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{
--paper:#171613;--card:#201e1a;--ink:#ece7dd;--muted:#aaa294;--line:#38342d;--faint:#2a2722;--seal:#c23b2d;--accent:#f0907f;--good:#7fcf9f;--good-soft:#1d3327;
--s0:#6fa3cc;--soft:#3d617d;--s1:#dba35a;--s2:#95bb84;--s3:#c492bc;--s4:#76bfc0;--s5:#c0ae8e;--lost:#716959;--thumb:#f2efe8}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;max-width:1160px;padding:0 24px 48px;background:var(--paper);color:var(--ink);font:15px/1.55 var(--sans);overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,dl,dd,figure{margin:0;padding:0}
ul,ol{list-style:none}
a{color:var(--accent)}
code{font:.92em/1.4 var(--mono)}
bdi{unicode-bidi:isolate}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.zh{color:var(--muted);font-weight:400}
.note,.lead,.empty,figcaption{color:var(--muted)}
.note,figcaption{font-size:13px}
.empty{font-style:italic;padding:8px 0}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}

header{display:grid;grid-template-columns:auto 1fr;gap:0 20px;align-items:center;padding:40px 0 8px}
.seal{width:76px;height:76px;border-radius:9px;background:var(--seal);color:#fff6ec;font:600 30px/1 var(--serif);display:flex;flex-direction:column;align-items:center;justify-content:center;gap:2px;box-shadow:inset 0 0 0 3px var(--seal),inset 0 0 0 4.5px #fff6ecb0}
.brand{font-size:13px;line-height:1.4;letter-spacing:.04em;color:var(--muted)}
.brand span{margin-left:.6em;letter-spacing:.08em}
h1{font:600 34px/1.2 var(--serif);letter-spacing:-.01em}
nav,header .facts{grid-column:1/-1}
nav{margin:22px 0 0;border-block:1px solid var(--line);padding:9px 0}
nav ul{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:14px}
nav a{color:inherit;text-decoration:none}
nav a:hover{color:var(--accent);text-decoration:underline;text-underline-offset:3px}
.facts{columns:3 300px;column-gap:32px;margin:14px 0 0;font-size:13px}
.facts div{display:grid;grid-template-columns:104px 1fr;gap:10px;break-inside:avoid;padding-bottom:4px}
.facts dt{color:var(--muted)}

section{margin-top:52px}
#summary{margin-top:26px}
h2{font:600 24px/1.25 var(--serif);padding-bottom:4px}
h2 .zh{font-size:16px;margin-left:.35em}
h3{font-size:15px;font-weight:600;margin:26px 0 10px}
h3 small{font-weight:400;color:var(--muted);margin-left:.4em}
.lead{max-width:76ch;margin-bottom:14px;text-wrap:pretty}

.tiles{display:flex;flex-wrap:wrap;gap:14px}
.tile{flex:1 1 165px;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:15px 17px 14px}
.tile h3{margin:0;font-size:13px;line-height:1.4}
.tile .zh{display:block;font-size:12px}
.tile .figure{font:600 31px/1.2 var(--serif);font-variant-numeric:lining-nums tabular-nums;margin:7px 0 5px;letter-spacing:-.01em}
.tile .figure small{font-size:.55em;font-weight:500;letter-spacing:0}
.tile .note b{color:var(--ink)}
.tile:first-child{border-top:3px solid var(--seal);padding-top:13px}
.tile.wide{flex-basis:100%}
.stages{display:flex;gap:2px;height:12px;margin:10px 0 10px;border-radius:4px;overflow:hidden}
.stages span{min-width:3px;flex-basis:0}
.legend{display:flex;flex-wrap:wrap;gap:3px 20px;font-size:13px;color:var(--muted)}
.legend b{color:var(--ink);font-weight:600;font-variant-numeric:tabular-nums}
.key{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px;vertical-align:-1px}
.series-0{background:var(--s0)}.series-1{background:var(--s1)}.series-2{background:var(--s2)}.series-3{background:var(--s3)}.series-4{background:var(--s4)}.series-5{background:var(--s5)}
.lost{background:repeating-linear-gradient(135deg,var(--lost) 0 3px,transparent 3px 6px)}
.key.lost{box-shadow:inset 0 0 0 1px var(--lost)}

.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px;margin-top:12px}
table{overflow-wrap:normal;border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:11px 16px 5px;font-size:13px;color:var(--muted)}
th,td{padding:6px 12px;text-align:right;vertical-align:middle;white-space:nowrap}
thead th{font-size:12px;font-weight:600;color:var(--muted);border-bottom:1px solid var(--line);vertical-align:bottom}
th:first-child,td.text{text-align:left}
th:first-child,td:first-child{padding-left:16px}
th:last-child,td:last-child{padding-right:16px}
tbody th{font-weight:500}
tbody th.k{text-align:right;padding-left:12px}
tbody tr+tr>*{border-top:1px solid var(--faint)}
tbody+tbody>tr:first-child>*,tfoot tr>*{border-top:1px solid var(--line)}
tfoot th,tfoot td{font-weight:600}
th small{display:block;color:var(--muted);font-weight:400;font-size:12px;line-height:1.5}
th[rowspan]{vertical-align:top;padding-top:10px;padding-bottom:10px}
td:last-child,tfoot td{color:inherit}
.bar-head,.bar-cell{width:38%;min-width:130px}
.bar{display:block;height:12px;min-width:1px;border-radius:2px 4px 4px 2px;background:var(--s0)}
.bar.other{background:var(--s5)}
.stack{display:flex;height:14px;border-radius:3px;overflow:hidden}
.stack>span{flex:none}
.recall-bar{display:block;position:relative;height:14px;background:var(--faint);border-radius:3px}
.recall-bar .bar{height:14px;border-radius:3px;background:var(--soft)}
.recall-bar .whisker{position:absolute;top:2px;height:10px;border:solid var(--ink);border-width:0 1.5px;min-width:3px}
.recall-bar .whisker::before{content:"";position:absolute;inset:4.25px 0 auto;border-top:1.5px solid var(--ink)}
.recall-bar .chance{position:absolute;top:-3px;bottom:-3px;width:2px;margin-left:-1px;background:var(--seal)}
.advice li{padding-left:18px;position:relative;margin:4px 0;max-width:80ch}
.advice li::before{content:"→";position:absolute;left:0;color:var(--accent)}
details{margin-top:12px}
summary{cursor:pointer;color:var(--accent);font-size:14px;width:fit-content}

.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:14px;margin-top:16px}
.chart{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:15px 18px 14px;min-width:0}
.chart h3{margin:0 0 16px}
.plot{position:relative;padding:0 8px 26px 46px}
.plot svg{display:block;width:100%;height:250px;overflow:visible}
.plot .grid{stroke:var(--line);vector-effect:non-scaling-stroke}
.plot path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round;stroke:var(--s0)}
.plot .raw{stroke-width:1;opacity:.38}
.plot .line{stroke-width:2.25}
.plot .dots{stroke-width:7}
.hit{fill:transparent}
.hit:hover{fill:var(--muted);fill-opacity:.16}
.y-axis,.x-axis{position:absolute;font-size:12px;color:var(--muted);font-variant-numeric:tabular-nums}
.y-axis{left:0;top:0;height:250px;width:38px}
.y-axis span{position:absolute;right:0;transform:translateY(-50%)}
.x-axis{left:46px;right:8px;bottom:20px}
.x-axis span{position:absolute;transform:translateX(-50%);top:2px}
.x-axis .axis-name{left:-46px;transform:none}
.narrow{width:auto;min-width:240px}

.thumb{display:inline-block;width:var(--size);height:var(--size);object-fit:contain;background:var(--thumb);border-radius:7px;padding:4px;border:1px solid var(--line);vertical-align:top}
.thumb.none{display:inline-flex;align-items:center;justify-content:center;text-align:center;background:var(--faint);color:var(--muted);font-size:11px;line-height:1.25;border-style:dashed}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,255px),1fr));gap:12px}
.pair{display:grid;grid-template-columns:72px 1fr;gap:12px;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:11px}
.pair.two{grid-template-columns:72px 72px 1fr}
.pair>div{min-width:0}
.pair dl{font-size:13px;line-height:1.45;display:grid;gap:5px}
.pair dt{font-size:11px;line-height:1.2;color:var(--muted);letter-spacing:.02em}
.pair dd{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden}
.origin{font-size:12px;color:var(--muted);margin-bottom:5px;line-height:1.35}
.origin b{color:var(--ink);font-weight:600}

.queries{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,400px),1fr));gap:12px}
.query{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:13px 15px}
.query h3{margin:0 0 11px;display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:0 12px;font-size:16px}
.rank{font-size:12px;font-weight:400;color:var(--muted);font-variant-numeric:tabular-nums}
.pictures{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:8px;text-align:center}
.frame{position:relative;display:block;width:fit-content;max-width:100%;margin:0 auto;border-radius:9px;padding:2px;border:2px solid transparent}
.frame .thumb{width:100%;max-width:var(--size);height:auto;aspect-ratio:1}
.pictures .right .frame{border-color:var(--good)}
.frame .mark{position:absolute;right:-7px;top:-7px;width:20px;height:20px;border-radius:50%;background:var(--good);color:var(--card);font-size:12px;font-weight:700;line-height:20px}
.pictures .wrong .mark{display:none}
.pictures li{display:flex;flex-direction:column}
.pictures .score{margin-top:auto;padding-top:2px}
.pictures .caption{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;font-size:12px;line-height:1.3;margin-top:4px}
.right .caption{font-weight:600}
.score{font-size:11px;color:var(--muted);font-variant-numeric:tabular-nums}
.by-image{display:grid;grid-template-columns:auto 1fr;gap:15px;align-items:start}
.by-image>div{min-width:0}
.texts li{display:grid;grid-template-columns:20px 1fr auto;gap:4px;align-items:baseline;padding:2px 6px 2px 3px;border-radius:5px;font-size:14px}
.texts .right{background:var(--good-soft)}
.texts .right .mark{color:var(--good);font-weight:700}
.texts .mark{text-align:center;color:var(--muted)}
.texts .caption{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
footer{margin-top:56px;border-top:1px solid var(--line);padding-top:14px;font-size:13px;color:var(--muted)}

@media (max-width:600px){
body{padding:0 16px 36px}
header{padding-top:24px;gap:0 15px}
.seal{width:60px;height:60px;font-size:23px}
h1{font-size:27px}
h2{font-size:21px}
section{margin-top:42px}
.tiles{gap:10px}
.tile{flex-basis:calc(50% - 5px);padding:12px 13px 11px}
.tile:first-child{flex-basis:100%}
.tile .figure{font-size:25px;margin:4px 0 2px}
.tile:first-child .figure{font-size:38px}
table{font-size:13px}
th,td,th:first-child,td:first-child,th:last-child,td:last-child{padding:6px}
th:first-child,td:first-child{padding-left:12px}
caption{padding-inline:12px}
thead th,tbody th{white-space:normal}
th[rowspan]{min-width:100px}
tbody th.k{padding-left:6px}
th[rowspan] .zh{display:block}
.bar-head,.bar-cell{min-width:64px}
.bar-note,.wide-only .bar-head,.wide-only .bar-cell{display:none}
.facts div{grid-template-columns:92px 1fr}
.plot svg,.y-axis{height:210px}
nav ul{gap:4px 16px}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
.rule{border:1px solid var(--line);border-radius:10px;padding:9px 12px;margin:8px 0;background:var(--card)}
.rule summary small{color:var(--muted);margin-left:8px}
.rule h3{margin:14px 0 8px}
.recipe{font-size:12.5px;line-height:1.5;overflow-x:auto;border:1px solid var(--line);border-radius:8px;padding:8px 10px;margin:8px 0}
.bins{display:flex;gap:2px;align-items:flex-end;overflow-x:auto;list-style:none;padding:0;margin:6px 0}
.bins li{display:flex;flex-direction:column;align-items:center;justify-content:flex-end;min-width:18px;font-size:9px;color:var(--muted)}
.bins i{display:block;width:14px;background:currentColor;opacity:.55;border-radius:2px 2px 0 0}
.changes{list-style:none;padding:0;display:grid;gap:6px;font-size:13.5px}
.changes li{overflow-wrap:anywhere}
.changes del{background:#f6c6c0;color:#5c120a;text-decoration:line-through;border-radius:3px}
.changes ins{background:#c9e8cd;color:#0d3b17;text-decoration:none;border-radius:3px}
.words{display:flex;flex-wrap:wrap;gap:6px;list-style:none;padding:0}
.words li{border:1px solid var(--line);border-radius:99px;padding:2px 10px;background:var(--card)}
.words small{color:var(--muted)}
@media print{body{max-width:none;background:#fff}.tile,.pair,.query,.chart,tr{break-inside:avoid}}
`;
