import type { paths } from "./api";
import type { Snapshot } from "./live";

/** What a GET of `Path` answers, as docs/openapi.json says; anything where the path is made up of parts. */
export type Answer<Path extends string> = Path extends "/api/v1/live"
  ? Snapshot
  : Path extends keyof paths
    ? paths[Path] extends { get: { responses: { 200: { content: { "application/json": infer Body } } } } }
      ? Body
      : never
    : any;
