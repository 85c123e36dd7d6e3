/** Its own types are not vendored: what is used of it is in history/timeline/trend.js. */
declare const uPlot: any;
export default uPlot;
