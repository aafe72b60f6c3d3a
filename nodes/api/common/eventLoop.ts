import { sleep } from 'n8n-workflow';

/** Milliseconds of work after which other work of n8n has its turn. */
const MAX_BUSY_MS = 50;

/** Keeps long work from holding up n8n: between two steps of it other work may have its turn. */
export class EventLoopBreaks {
	private started = performance.now();

	/** To be awaited between two steps. Waits only where the work has had its time. */
	async yieldIfBusy(): Promise<void> {
		if (performance.now() - this.started < MAX_BUSY_MS) return;
		await sleep(0);
		this.started = performance.now();
	}
}
