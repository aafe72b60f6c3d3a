import { OF_ONE_UNIT } from './config.mts';
import { RelatedRecords } from './relatedRecords.mts';
import type { Store } from './store.mts';
import type { Row, StoredRecord } from './types.mts';
import { properties, type Columns } from './viewColumns.mts';
import { VIEWS } from './views.mts';

interface Built {
	columns: Set<string>;
	properties: Set<string>;
	all: Row[];
}

/** Builds the rows of views, and after a change only those that it touches. */
export class Views {
	private readonly related: RelatedRecords;
	private readonly built = new Map<
		string,
		Built & { stamp: string; readStamp: string; perRecord: WeakMap<StoredRecord, Row> }
	>();

	constructor(private readonly store: Store) {
		this.related = new RelatedRecords(store);
	}

	/** The rows of a view in a unit by ID (assumption), or undefined where there is no such view. */
	get(name: string, unit: number): Built | undefined {
		if (!Object.hasOwn(VIEWS, name)) return undefined;
		const view = VIEWS[name];
		const key = `${name} ${unit}`;
		const records = this.store.list(view.source);
		const readStamp = view.reads.map((collection) => this.store.version(collection)).join();
		const stamp = `${this.store.version(view.source)}/${readStamp}`;
		const before = this.built.get(key);
		if (before?.stamp === stamp) return before;

		const perRecord =
			before?.readStamp === readStamp ? before.perRecord : new WeakMap<StoredRecord, Row>();
		const ofUnit = OF_ONE_UNIT.has(view.source);
		const all: Row[] = [];
		const make = Object.entries({ ...view.columns, ...properties });
		const columns = new Set(make.map(([column]) => column));
		const keys = new Set<string>();
		let seen: unknown;
		for (const record of records) {
			if (ofUnit && record.agencyId !== unit) continue;
			if (view.where && !view.where(record, this.related)) continue;
			let row = perRecord.get(record);
			if (!row) {
				row = buildRow(make, record, this.related);
				perRecord.set(record, row);
			}
			all.push(row);
			if (row.properties !== seen) {
				seen = row.properties;
				for (const property of Object.keys(seen as object)) keys.add(property);
			}
		}
		const built = { columns, properties: keys, all, stamp, readStamp, perRecord };
		this.built.set(key, built);
		return built;
	}
}

function buildRow(
	make: [string, Columns[string]][],
	record: StoredRecord,
	related: RelatedRecords,
): Row {
	const row: Record<string, unknown> = {};
	for (const [column, value] of make) row[column] = value(record, related);
	return Object.freeze(row);
}
