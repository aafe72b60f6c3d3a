import { setTimeout as pause } from 'node:timers/promises';

/** Waits until a condition holds. */
export async function waitUntil(met: () => boolean): Promise<void> {
	while (!met()) await pause(1);
}
