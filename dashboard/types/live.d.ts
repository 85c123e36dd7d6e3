// What a screen of the wall hears: docs/architecture.md, "The tile". Times are ISO 8601, durations seconds.

import type { BuildLink, Counts, Notice, QueueLength, Snapshot as Document } from "./api";

/** One setup, whole. */
export interface Tile {
  setup: string;
  group: string;
  order: number;
  links: Link[];
  jobs: number;
  others: number;
  state: "nodata" | "idle" | "running" | "stale" | "abandoned";
  status: "PASS" | "FAIL" | "SKIP" | null;
  run: Run | null;
  counts: Counts;
  suite: Running | null;
  test: Running | null;
  keyword: Keyword | null;
  phase: Phase | null;
  processes: Process[];
  eta: Estimate | null;
  failures: Failure[];
  failures_log: string | null;
  news_at: string | null;
  agent: Agent | null;
}

/** Of the job queue, beside the setup. `state`: what its job is in, else waiting, paused, offline or its own word. */
export interface Agent {
  name: string;
  state: string;
  since: string;
  job: { id: string; name: string } | null;
  /** The end of a reservation or a pause. */
  until: string | null;
}

/** A tile's changed fields, or that its setup is no more. */
export type Change = Partial<Tile> & { setup: string; gone?: true };

export interface Snapshot extends Omit<Document, "setups"> {
  setups: Tile[];
}

export interface Delta {
  seq: number;
  server_time: string;
  changes: Change[];
  /** All of them, in the frame where they changed. */
  notices?: Notice[];
  /** In the frame where it changed. */
  queue?: QueueLength | null;
}

export interface Run {
  id: string;
  name: string;
  started_at: string;
  ended_at: string | null;
  elapsed_time: number | null;
  commit: string;
  branch: string;
  repository: string;
  labels: Record<string, string>;
  build: BuildLink | null;
  pabot: boolean;
  processes: number;
  verification: "pending" | "verified" | "partial";
  warnings: number;
  errors: number;
  lost: number;
  missing: number;
  missing_failures: number;
}

export interface Link {
  title: string;
  url: string;
}

/** A suite or a test that goes on. */
export interface Running {
  id: string;
  name: string;
  longname: string;
  started_at: string;
}

export interface Keyword {
  path: string[];
  started_at: string;
}

export interface Phase {
  kind: "suite setup" | "suite teardown";
  name: string;
  started_at: string;
}

export interface Process {
  process: string;
  slot: string;
  suite: Running | null;
  test: Running | null;
}

export interface Estimate {
  ends_at: string;
  expected_time: number;
}

export interface Failure {
  id: string;
  process: string;
  name: string;
  longname: string;
  message: string;
}
