/** The style sheet of the drawings; their classes begin with `d-`. */
export const drawingStyles = `
.d-architecture, .d-lanes, .d-timelines { display: block; width: 100%; max-height: 690px; overflow: visible; }
.d-architecture text, .d-lanes text, .d-timelines text { font-family: "Take a Ticket", sans-serif; font-size: 30px; fill: var(--text); }
.d-architecture path, .d-lanes path { fill: none; }

.d-box :is(rect, path) { fill: var(--background); stroke: var(--quiet); stroke-width: 3; }
.d-box .d-thin { fill: none; stroke-width: 2; }
.d-box text { font-weight: 600; }
.d-process rect, .d-stack rect { stroke-width: 5; }
.d-box.d-new :is(rect, path):not(.d-thin) { stroke: var(--text); stroke-width: 6; fill: var(--good); }
.d-box.d-new .d-thin { stroke: var(--text); }
.d-arrow path { stroke-width: 4; }
.d-architecture .d-arrow text { font-size: 27px; paint-order: stroke; stroke: var(--background); stroke-width: 10px; stroke-linejoin: round; }
.d-before path { stroke: var(--answered); }
.d-after path { stroke: var(--works); stroke-dasharray: 14 9; }
.d-architecture marker path { stroke: none; }
.d-architecture marker.d-before path { fill: var(--answered); }
.d-architecture marker.d-after path { fill: var(--works); }
.d-arrow.d-old path { stroke-width: 3; }
.d-arrow.d-old text, .d-box.d-old text { fill: var(--quiet); }
.d-arrow.d-new path { stroke-width: 6; }
.d-arrow.d-new text { font-weight: 700; }
.d-ghost rect { fill: none; stroke: var(--quiet); stroke-width: 3; stroke-dasharray: 8 8; }
.d-ghost text { fill: var(--quiet); font-size: 25px; }
.fragment.current-fragment .d-after.d-new path { animation: d-march 0.9s linear infinite; }
.fragment.current-fragment .d-box.d-new :is(rect, path):not(.d-thin) { animation: d-light 1.2s ease-out; }
@keyframes d-march { to { stroke-dashoffset: -46; } }
@keyframes d-light { from { fill: var(--between); } }

.d-lanes .d-name { font-size: 34px; font-weight: 700; }
.d-lanes .d-life { stroke: var(--grid); stroke-width: 4; }
.d-lanes text { font-size: 28px; }
.d-say path { stroke: var(--answered); stroke-width: 4; }
.d-lanes marker path { fill: var(--answered); }
.d-lanes .d-say text { paint-order: stroke; stroke: var(--background); stroke-width: 8px; stroke-linejoin: round; }
.d-does rect { fill: var(--background); stroke: var(--text); stroke-width: 3; }
.d-state rect { fill: var(--good); stroke: var(--answered); stroke-width: 3; }
.d-state text { font-weight: 600; }
.d-does.d-trouble rect { fill: var(--trouble); stroke: var(--alarm); stroke-width: 5; }
.d-does.d-trouble text { font-weight: 700; }
.current-fragment .d-does rect { stroke-width: 6; }
.current-fragment .d-say path { stroke-width: 6; }
.current-fragment text { font-weight: 700; }

.d-timelines text { font-size: 32px; }
.d-timelines .d-title { font-size: 40px; font-weight: 700; }
.d-timelines .d-word { font-weight: 400; fill: var(--quiet); }
.d-theirs { fill: var(--works); }
.d-yours { fill: var(--answered); }
.d-waits { fill: url(#d-hatch); stroke: var(--quiet); stroke-width: 2; }
.d-hatch-ground { fill: var(--background); }
.d-hatch-line { fill: var(--between); }
.d-timelines .d-on-bar { font-weight: 600; fill: var(--background); }
.d-timelines .d-theirs + .d-on-bar { fill: #16202c; }
.d-timelines .d-on-hatch { paint-order: stroke; stroke: var(--background); stroke-width: 10px; stroke-linejoin: round; font-weight: 600; }
.d-flag path { fill: none; stroke: var(--text); stroke-width: 5; }
.d-timelines .d-home { font-size: 44px; font-weight: 700; }
.d-bar { transform-box: fill-box; transform-origin: left; }
.present .d-first .d-bar, .d-group.fragment.visible .d-bar { animation-name: d-grow; animation-timing-function: linear; animation-fill-mode: backwards; }
.present .d-first .d-flag, .d-group.fragment.visible .d-flag { animation: d-appear 0.3s backwards; }
@keyframes d-grow { from { transform: scaleX(0); } }
@keyframes d-appear { from { opacity: 0; } }
`;
