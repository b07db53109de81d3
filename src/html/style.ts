/** Deeper ones are drawn like the last. */
const DEEPEST = 14;

/** Indents what is in the first column, and on narrow screens what stands below it; `li li li` is the third level. */
const indents = (step: number, part: string, more: number): string =>
  Array.from({ length: DEEPEST }, (_, depth) => {
    const width = (depth * step + more).toFixed(2);
    return `.tree ${"li ".repeat(depth)}li>.row>.${part}{padding-inline-start:${width}rem}`;
  }).join("\n");

const BADGES = ["rw", "cow", "ro", "masked", "device", "link", "absent"];
const badges = BADGES.map((name) => `.${name}{color:var(--${name});background:var(--${name}-back)}`).join("\n");

/** The page's own style; each colour is named with the ground it is read on (`--x` on `--x-back`), text on `--back`. */
export const STYLE = `
:root{color-scheme:light dark;
--text:#1b1f24;--back:#ffffff;--dim:#57606a;--line:#d5dae0;--soft:#f4f6f8;--mark:#fff0b8;--accent:#0a58b0;
--rw:#7d4400;--rw-back:#ffefd1;--cow:#65298b;--cow-back:#f3e8fb;--ro:#175a2f;--ro-back:#e1f3e7;
--masked:#9c1318;--masked-back:#fde6e6;--device:#0a555e;--device-back:#def3f5;--link:#3b4d63;--link-back:#e8edf3;
--absent:#565e68;--absent-back:#eef0f2}
@media (prefers-color-scheme:dark){:root{
--text:#e4e8ec;--back:#14171b;--dim:#9fa8b3;--line:#343b44;--soft:#1c2026;--mark:#423603;--accent:#7db7ff;
--rw:#ffc670;--rw-back:#3a2a0f;--cow:#dcb6f7;--cow-back:#321a45;--ro:#8edca6;--ro-back:#12301d;
--masked:#ffa3a3;--masked-back:#45181b;--device:#84dae4;--device-back:#0d3238;--link:#b9c6d6;--link-back:#252e39;
--absent:#a9b1bb;--absent-back:#23272d}}
*{box-sizing:border-box}
html{font:16px/1.45 system-ui,sans-serif;color:var(--text);background:var(--back)}
body{margin:0 auto;max-width:100rem;padding:1.25rem clamp(.75rem,3vw,2.5rem) 8rem}
h1{font-size:1.5rem;margin:0}
h2,caption{font-size:1.05rem;font-weight:650;margin:0 0 .5rem;text-align:start}
.project{margin:.1rem 0 1rem;color:var(--dim);overflow-wrap:anywhere}
code,.name,.what,.from,.project,.place,.more,td,tbody th{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.84rem}
code{overflow-wrap:anywhere;margin-inline-end:.6em}
.glance dl{margin:0 0 1rem;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:.75rem}
.glance dl>div{background:var(--soft);border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem}
dt{font-weight:650;font-size:.85rem}
dd{margin:.15rem 0 0;font-size:.9rem}
.toolbar{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:.4rem .6rem;align-items:center;background:var(--back);
border-block-end:1px solid var(--line);padding:.5rem 0;margin-block-end:1rem}
.toolbar[hidden]{display:none}
.toolbar label{font-weight:650}
input,button{font:inherit;font-size:.9rem;color:inherit;background:var(--back);border:1px solid var(--dim);border-radius:.4rem;padding:.25rem .6rem}
input{flex:1 1 14rem;min-width:0;max-width:26rem}
::placeholder{color:var(--dim);opacity:1}
.kinds{display:flex;flex-wrap:wrap;gap:.35rem}
button{cursor:pointer;border-color:var(--line)}
button[aria-pressed=true]{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
#count{color:var(--dim);font-size:.9rem}
.panes{display:grid;grid-template-columns:minmax(0,1.35fr) minmax(0,1fr);gap:2rem;align-items:start;margin-block-end:2rem}
ul{list-style:none;margin:0;padding:0}
ol.steps{margin:.15rem 0 0;padding-inline-start:1.6rem}
.row{position:relative;display:grid;grid-template-columns:minmax(0,1fr) 4.2rem minmax(0,1.1fr);gap:.25rem .75rem;align-items:baseline;
padding:.16rem .4rem;border-radius:.3rem;scroll-margin-block:5rem 9rem}
#host .row{grid-template-columns:minmax(0,1fr) minmax(0,1.1fr)}
${indents(1.15, "name", 0)}
.name,.what{overflow-wrap:anywhere}
.what{color:var(--dim)}
.own{font-style:italic}
.seen{display:block}
a{color:var(--accent);text-decoration-color:var(--line);text-underline-offset:.2em}
a:hover{text-decoration-color:currentColor}
.badge{display:inline-block;font:600 .75rem/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;border-radius:.3rem;padding:0 .4em;text-align:center}
${badges}
.more{display:none;color:var(--dim);overflow-wrap:anywhere}
.more span{display:block}
.more .full{color:var(--text);font-weight:650}
.from{color:var(--dim);overflow-wrap:anywhere}
.js .from{display:none}
html:not(.js) #inside .row{grid-template-columns:minmax(0,1fr) 4.2rem minmax(0,.9fr) minmax(0,1fr)}
li:target>.row{background:var(--mark)}
.js .tree li[role=treeitem]{cursor:default}
.js .tree .name::before{content:"";display:inline-block;width:1.1em;color:var(--dim)}
.js li[aria-expanded]>.row>.name{cursor:pointer}
.js li[aria-expanded=true]>.row>.name::before{content:"\\25BE";content:"\\25BE"/""}
.js li[aria-expanded=false]>.row>.name::before{content:"\\25B8";content:"\\25B8"/""}
.js li[aria-expanded=false]>ul{display:none}
.js li:focus{outline:none}
.js li:focus>.row{outline:2px solid var(--accent);outline-offset:-2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.row:hover{background:var(--soft)}
.js .mate>.row{background:var(--mark)}
.away{display:none!important}
@media screen{
.row:hover+.more,li:focus>.more,.more:hover{display:block;position:fixed;inset:auto 0 0 0;z-index:3;background:var(--soft);
border-block-start:2px solid var(--accent);padding:.6rem clamp(.75rem,3vw,2.5rem);max-height:40vh;overflow-y:auto}
.row:hover+.more{z-index:4}
.quiet .more{display:none!important}
}
table{width:100%;border-collapse:collapse;margin:0 0 2rem}
caption{padding-block-end:.5rem}
th,td{text-align:start;vertical-align:top;padding:.25rem .6rem .25rem 0;border-block-end:1px solid var(--line);overflow-wrap:anywhere}
thead th{font-size:.85rem;color:var(--dim)}
tbody th{font-weight:600;width:26%}
td.place{width:26%}
.place{color:var(--dim)}
footer{color:var(--dim);font-size:.85rem}
@media (max-width:60rem){.panes{grid-template-columns:minmax(0,1fr)}}
@media (max-width:36rem){
html:not(.js) #inside .row,.row{grid-template-columns:minmax(0,1fr) auto}
.row .what,.row .from{grid-column:1/-1}
${indents(0.7, "name", 0)}
${indents(0.7, "what", 1.1)}
#host .row{grid-template-columns:minmax(0,1fr)}
.toolbar{position:static}
thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
tr{display:block;padding:.35rem 0;border-block-end:1px solid var(--line)}
tbody th,td,td.place{display:block;width:auto;border:0;padding:.05rem 0}
}
@media print{
:root{--text:#000000;--back:#ffffff;--dim:#444444;--line:#bbbbbb;--soft:#ffffff;--mark:#ffffff;
--rw:#000000;--cow:#000000;--ro:#000000;--masked:#000000;--device:#000000;--link:#000000;--absent:#000000;
--rw-back:#ffffff;--cow-back:#ffffff;--ro-back:#ffffff;--masked-back:#ffffff;--device-back:#ffffff;--link-back:#ffffff;--absent-back:#ffffff}
html{font-size:11px}
body{padding:0}
.toolbar,footer{display:none!important}
.badge{border:1px solid #888888}
.panes{grid-template-columns:minmax(0,1fr)}
.js li[aria-expanded=false]>ul{display:block}
.js .from{display:block}
#inside .row{grid-template-columns:minmax(0,1fr) 4.2rem minmax(0,.9fr) minmax(0,1fr)!important}
.row,tr{break-inside:avoid}
}
@media (prefers-contrast:more){:root{--dim:var(--text);--line:var(--text)}}
@media (forced-colors:active){.badge{border:1px solid}.js .mate>.row{outline:1px dashed}}
`;
