/** A line of the table. */
export interface Line {
	what: string;
	ours: string;
	other: string;
	ratio: string;
	/** What is to be reached, and whether it is. */
	goal: string;
	reached: boolean;
}

export const say = (text: string): void => void process.stderr.write(`${text}\n`);

export const median = (values: number[]): number => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
export const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;
