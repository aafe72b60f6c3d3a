import { setTimeout as pause } from 'node:timers/promises';
import type { Sandbox } from '../sandbox/index.mts';

/** Waits for pages that were asked for ahead in vain: they may arrive when the run has ended. */
export async function waitUntilQuiet({ log }: Sandbox): Promise<void> {
	for (let before = -1; before !== log.length; ) {
		before = log.length;
		await pause(10);
	}
}
