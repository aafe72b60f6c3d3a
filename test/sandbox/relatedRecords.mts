import get from 'lodash/get.js';
import { day } from './data/random.mts';
import type { Store } from './store.mts';
import type { StoredRecord } from './types.mts';

/** Finds what the rows of a record show of other records. */
export class RelatedRecords {
	private hours = {
		version: -1,
		byJob: new Map<unknown, number>(),
		byTask: new Map<unknown, number>(),
	};
	readonly today: string;

	constructor(private readonly store: Store) {
		this.today = day(store.now);
	}

	getName(collection: string, id: unknown): unknown {
		return this.getField(collection, id, 'name');
	}

	getField(collection: string, id: unknown, field: string): unknown {
		return this.store.find(collection, id)?.[field] ?? null;
	}

	getPersonName(id: unknown): string | null {
		return getFullName(this.store.find('persons', id));
	}

	getUserName(id: unknown): string | null {
		return getFullName(this.store.find('users', id));
	}

	getBinderName(id: unknown): unknown {
		return get(this.store.find('documents', id), 'properties.name') ?? null;
	}

	countUsers(group: unknown): number {
		return this.store
			.list('users')
			.filter((user) => Array.isArray(user.groupNames) && user.groupNames.includes(group)).length;
	}

	getHours(what: 'byJob' | 'byTask', id: unknown): number {
		const version = this.store.version('time');
		if (this.hours.version !== version) {
			this.hours = { version, byJob: new Map(), byTask: new Map() };
			for (const entry of this.store.list('time')) {
				if (entry.type !== 'TRACK') continue;
				const hours = Number(entry.hours) || 0;
				add(this.hours.byJob, entry.jobId, hours);
				add(this.hours.byTask, entry.taskId, hours);
			}
		}
		return this.hours[what].get(id) ?? 0;
	}
}

function add(sums: Map<unknown, number>, key: unknown, hours: number): void {
	sums.set(key, (sums.get(key) ?? 0) + hours);
}

export function getFullName(record: StoredRecord | undefined): string | null {
	if (!record) return null;
	return [record.firstName, record.lastName].filter(Boolean).join(' ');
}
