import isUndefined from 'lodash/isUndefined.js';
import omitBy from 'lodash/omitBy.js';
import sortedIndexBy from 'lodash/sortedIndexBy.js';
import { COLLECTIONS, COMMON_PROPERTIES, PROPERTIES, getPropertyType } from './config.mts';
import type { Agency } from './data/agency.mts';
import { day } from './data/random.mts';
import { buildDefaults } from './defaults.mts';
import { Numbers, getSeries } from './numbers.mts';
import { Refusal, type PropertyType, type SandboxOptions, type StoredRecord } from './types.mts';

type Fields = Record<string, unknown>;
export type Saved = (
	collection: string,
	after: StoredRecord,
	before: StoredRecord | undefined,
) => void;

/** The agency's records. They are never changed in place: a change makes a new, frozen record. */
export class Store {
	private lists = new Map<string, StoredRecord[]>();
	private byId = new Map<string, Map<number, StoredRecord>>();
	private versions = new Map<string, number>();
	private numbers: Numbers;
	private configured = new Map<string, Record<string, PropertyType>>();
	/** Called after each save that is one (not for what the sandbox itself writes back). */
	onSaved: Saved = () => {};

	/** `grow` may add to a collection when it is first needed (large amounts of rows). */
	constructor(
		private readonly agency: Agency,
		readonly now: Date,
		private readonly mainUnit: number,
		private readonly grow: (
			store: Store,
			collection: string,
			records: StoredRecord[],
		) => StoredRecord[],
		configured: NonNullable<SandboxOptions['properties']> = {},
	) {
		this.numbers = agency.numbers;
		for (const collection of COLLECTIONS) {
			this.configured.set(collection, {
				...COMMON_PROPERTIES,
				...PROPERTIES[collection],
				...configured[collection],
			});
		}
	}

	/** The entries of `properties` that the configuration knows for a collection, and what they hold. */
	propertyTypes(collection: string): Readonly<Record<string, PropertyType>> {
		return this.configured.get(collection)!;
	}

	/** Configures the entries of `properties` that a record brings and nobody knows yet. */
	configure(collection: string, properties: unknown): void {
		if (!isObject(properties)) return;
		const known = this.configured.get(collection)!;
		for (const [key, value] of Object.entries(properties)) {
			if (value !== null && !Object.hasOwn(known, key)) known[key] = getPropertyType(value);
		}
	}

	/** All records of a collection, by ID. */
	list(collection: string): StoredRecord[] {
		let list = this.lists.get(collection);
		if (!list) {
			if (!COLLECTIONS.includes(collection)) {
				throw new Refusal(404, `There is no "${collection}". Known: ${COLLECTIONS.join(', ')}.`);
			}
			list = this.grow(this, collection, [...this.agency.collections[collection]]);
			this.lists.set(collection, list);
		}
		return list;
	}

	/** One record, or undefined. */
	find(collection: string, id: unknown): StoredRecord | undefined {
		return this.index(collection).get(id as number);
	}

	/** Changes whenever a record of the collection does. `binders` is a collection of its own here. */
	version(collection: string): number {
		return this.versions.get(collection) ?? 0;
	}

	nextNumber(collection: string, record: Fields): string | undefined {
		const series = getSeries(collection, record);
		return series && this.numbers.next(series, String(this.now.getUTCFullYear()));
	}

	/** Adds a record; whatever it leaves out gets a plain default. */
	insert(collection: string, fields: Fields, quiet = false): StoredRecord {
		const list = this.list(collection);
		const id = fields.id ?? (list.at(-1)?.id ?? 0) + 1;
		if (!Number.isSafeInteger(id)) throw new Refusal(400, 'id: must be an integer.');
		if (this.find(collection, id)) throw new Refusal(400, `id: ${id} is taken.`);
		const record: Fields & { id: number } = {
			...buildDefaults(collection, fields, day(this.now), this.mainUnit),
			...omitBy(structuredClone(fields), isUndefined),
			id: id as number,
		};
		if (record.number === undefined || record.number === null || record.number === '') {
			const number = this.nextNumber(collection, record);
			if (number) record.number = number;
		}
		list.splice(this.position(list, record.id), 0, Object.freeze(record));
		this.index(collection).set(record.id, record);
		this.touch(collection, record);
		if (!quiet) this.onSaved(collection, record, undefined);
		return record;
	}

	/** Changes a record. `properties` are merged by key unless `replace` says otherwise, everything else is replaced. */
	patch(
		collection: string,
		id: number,
		changes: Fields,
		{ quiet = false, replace = false } = {},
	): StoredRecord {
		const before = this.find(collection, id);
		if (!before) throw new Refusal(404, `${collection}: there is no record with the ID ${id}.`);
		const fresh = structuredClone(changes);
		const record: StoredRecord = Object.freeze({
			...before,
			...fresh,
			...(!replace && isObject(fresh.properties) && isObject(before.properties)
				? { properties: { ...before.properties, ...fresh.properties } }
				: {}),
			id: before.id,
		});
		const list = this.list(collection);
		list[this.position(list, id)] = record;
		this.index(collection).set(id, record);
		this.touch(collection, record);
		if (!quiet) this.onSaved(collection, record, before);
		return record;
	}

	remove(collection: string, id: number): void {
		const record = this.find(collection, id);
		if (!record) throw new Refusal(404, `${collection}: there is no record with the ID ${id}.`);
		const list = this.list(collection);
		list.splice(this.position(list, id), 1);
		this.index(collection).delete(id);
		this.touch(collection, record);
	}

	private index(collection: string): Map<number, StoredRecord> {
		let index = this.byId.get(collection);
		if (!index) {
			index = new Map(this.list(collection).map((record) => [record.id, record]));
			this.byId.set(collection, index);
		}
		return index;
	}

	/** Where a record with this ID stands in a list, or would stand. */
	private position(list: StoredRecord[], id: number): number {
		return sortedIndexBy(list, { id }, 'id');
	}

	private touch(collection: string, record: StoredRecord): void {
		this.versions.set(collection, this.version(collection) + 1);
		if (collection === 'documents' && record.type === 'BINDER') {
			this.versions.set('binders', this.version('binders') + 1);
		}
	}
}

/** A plain JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
