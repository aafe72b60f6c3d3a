/** What is read where many rows are: a view of time entries, 36 MB of JSON in 100 pages. */
export const VIEW = 'intervals.track';
export const ROWS = 100_000;
export const PAGE = 1000;

/**
 * Who reads: the built node in n8n's engine, or the least a program of one's own would do.
 *
 * `node` and `loop` read pages of `PAGE` rows and keep the rows. `nodeInBudget` finds the page size itself and
 * sends 60 requests a minute, `spacedLoop` sends one request a second. `nodeCsv` and `loopCsv` write a file.
 */
export type Side = 'node' | 'loop' | 'nodeInBudget' | 'spacedLoop' | 'nodeCsv' | 'loopCsv';

/** What a reader tells of its reads. */
export interface Reading {
	/** How long each read took, and how much of it the processor worked. */
	ms: number[];
	cpuMs: number[];
	/** Bytes of memory before the first read, and the most up to its end. */
	memoryBefore: number;
	memoryPeak: number;
}
