import { DOCUMENT_TYPES } from './config.mts';

const OTHERS: Record<string, string> = { jobs: 'J', tasks: 'T', opportunities: 'OP' };
const INTERNALS: Record<string, string> = { 'INTERNAL.SALES': 'IP', 'INTERNAL.PURCHASE': 'IN' };

/** The series of a record's number, or undefined where records have no number. */
export function getSeries(collection: string, record: Record<string, unknown>): string | undefined {
	const type = String(record.type);
	if (collection === 'documents') {
		return DOCUMENT_TYPES[type as keyof typeof DOCUMENT_TYPES] ?? 'DOC';
	}
	return collection === 'internals' ? (INTERNALS[type] ?? 'INT') : OTHERS[collection];
}

/** Gives out registration numbers, such as FV-2026-0042; those of tasks are such as T-00008 (DOC). */
export class Numbers {
	private last = new Map<string, number>();

	next(series: string, year: string): string {
		const ofTasks = series === OTHERS.tasks;
		const key = ofTasks ? series : `${series}-${year}`;
		const value = (this.last.get(key) ?? 0) + 1;
		this.last.set(key, value);
		return `${key}-${String(value).padStart(ofTasks ? 5 : 4, '0')}`;
	}

	copy(): Numbers {
		const copy = new Numbers();
		copy.last = new Map(this.last);
		return copy;
	}
}
