import { mkdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from './command.mts';

/** One set-up at a time: the second waits for the first and then finds all there. */
export async function locked<T>(folder: string, say: Say, action: () => Promise<T>) {
	const lock = join(folder, '.lock');
	let told = false;
	for (;;) {
		try {
			mkdirSync(lock);
			await writeFile(join(lock, 'pid'), String(process.pid));
			break;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		if (!lockOwnerLives(lock)) {
			// Written a moment after the folder is made: look twice before it counts as left behind.
			await sleep(1000);
			if (!lockOwnerLives(lock)) await rm(lock, { recursive: true, force: true });
			continue;
		}
		if (!told) say('Another process is filling the cache: waiting for it');
		told = true;
		await sleep(1000);
	}
	try {
		return await action();
	} finally {
		await rm(lock, { recursive: true, force: true });
	}
}

function lockOwnerLives(lock: string) {
	try {
		process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')) || NaN, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
