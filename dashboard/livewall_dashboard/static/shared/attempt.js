/**
 * One of many alike: what it throws is reported as the page's errors are, and keeps none of the others from their turn.
 *
 * @param {() => void} action
 */
export function attempt(action) {
  try {
    action();
  } catch (error) {
    reportError(error);
  }
}
