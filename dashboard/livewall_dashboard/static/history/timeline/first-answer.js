// The answer that the page begins with. The page runs this module by itself, as soon as it is there, so that the wall looks
// for the answer while the browser still loads what draws it.

import { getJson } from "../../shared/api.js";
import { queryOf } from "./query.js";

const query = queryOf(new URLSearchParams(location.search));
const asked = JSON.stringify(query);
let answer = getJson("/api/v1/timeline", query);
answer.catch(() => {}); // who asks for it is told

/**
 * The timeline for a query: for the first one what is asked already, once.
 *
 * @param {ReturnType<typeof queryOf>} wanted
 */
export async function timelineOf(wanted) {
  const known = JSON.stringify(wanted) === asked ? answer : null;
  answer = null;
  return known ?? getJson("/api/v1/timeline", wanted);
}
