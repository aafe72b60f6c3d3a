import { faker as fakerCS } from '@faker-js/faker/locale/cs_CZ';
import { faker as fakerEN } from '@faker-js/faker/locale/en';

export { fakerCS, fakerEN };

/** Same seed, same agency. Called before each build, which runs in one go. */
export function seed(now: Date): void {
	for (const faker of [fakerCS, fakerEN]) {
		faker.seed(20_261_120);
		faker.setDefaultRefDate(now);
	}
}

/** An integer from `low` to `high`. */
export function int(low: number, high: number): number {
	return fakerEN.number.int({ min: low, max: high });
}

/** True in so many of 100 cases. */
export function chance(percent: number): boolean {
	return int(1, 100) <= percent;
}

/** One of the list. */
export function pick<T>(list: readonly T[]): T {
	return list[int(0, list.length - 1)];
}

/** A few of the list, in its order. */
export function some<T>(list: readonly T[], low: number, high: number): T[] {
	const count = int(low, high);
	const wanted = new Set<T>();
	while (wanted.size < Math.min(count, list.length)) wanted.add(pick(list));
	return list.filter((entry) => wanted.has(entry));
}

const DAY = 86_400_000;

/** The date (YYYY-MM-DD) so many days from another one. */
export function day(from: Date | string, offset = 0): string {
	const start = typeof from === 'string' ? Date.parse(`${from}T00:00:00Z`) : from.getTime();
	return new Date(start + offset * DAY).toISOString().slice(0, 10);
}

/** Saturday or Sunday. */
export function isWeekend(date: string): boolean {
	return [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
}

/** IDs grow with gaps, as where something was deleted. */
export function idAt(start: number, index: number): number {
	return start + index + Math.floor(index / 7);
}

/** Without diacritics and blanks, for addresses. */
export function plain(text: string): string {
	return text
		.normalize('NFD')
		.replace(/[^A-Za-z0-9]+/g, '')
		.toLowerCase();
}
