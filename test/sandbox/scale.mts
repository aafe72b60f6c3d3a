import { OF_ONE_UNIT } from './config.mts';
import type { Store } from './store.mts';
import type { StoredRecord } from './types.mts';
import { VIEWS } from './views.mts';

/** Which rows of a view are copied to get more of them; any row where the view is not named. */
const TEMPLATES: Record<string, (record: StoredRecord) => boolean> = {
	documents: (record) => record.type === 'DOCUMENT.ISSUED',
	companies: (record) => record.isClient !== true && record.isSupplier !== true,
	'companies.client': (record) => record.isClient === true && record.isSupplier !== true,
	'companies.supplier': (record) => record.isSupplier === true && record.isClient !== true,
};

/**
 * More (or fewer) rows per view, as `rows` asks for: copies of the view's own records in the first unit, with IDs,
 * numbers and names of their own. Views that hold all of a collection come last, so that every number is met.
 */
export function growTo(rows: Partial<Record<string, number>>, unit: number) {
	for (const name of Object.keys(rows)) {
		if (!Object.hasOwn(VIEWS, name)) throw new Error(`rows: there is no view "${name}".`);
		if (name === 'jobs.overbudget')
			throw new Error('rows: "jobs.overbudget" follows from jobs and time.');
	}
	return (store: Store, collection: string, records: StoredRecord[]): StoredRecord[] => {
		const names = Object.keys(rows)
			.filter((name) => VIEWS[name].source === collection)
			.sort(
				(one, other) =>
					Number(one === collection) - Number(other === collection) || (one < other ? -1 : 1),
			);
		for (const name of names)
			records = fit(store, collection, records, name, rows[name] ?? 0, unit);
		return records;
	};
}

function fit(
	store: Store,
	collection: string,
	records: StoredRecord[],
	name: string,
	wanted: number,
	unit: number,
): StoredRecord[] {
	const where = VIEWS[name].where as ((record: StoredRecord) => boolean) | undefined;
	const inView = records.filter(
		(record) =>
			(!OF_ONE_UNIT.has(collection) || record.agencyId === unit) && (!where || where(record)),
	);
	if (wanted <= inView.length) {
		const surplus = new Set(inView.slice(wanted));
		return surplus.size ? records.filter((record) => !surplus.has(record)) : records;
	}
	const templates = inView.filter(TEMPLATES[name] ?? (() => true));
	let id = records.at(-1)!.id;
	const more: StoredRecord[] = [];
	for (let index = 0; index < wanted - inView.length; index++) {
		const template = templates[index % templates.length];
		const copy: Record<string, unknown> & { id: number } = { ...template, id: ++id };
		const round = Math.floor(index / templates.length) + 2;
		if (typeof template.name === 'string') copy.name = `${template.name} (${round})`;
		if (typeof template.userName === 'string') {
			copy.userName = `${template.userName}${round}`;
			copy.email = String(template.email).replace('@', `${round}@`);
		}
		const number = store.nextNumber(collection, copy);
		if (number) copy.number = number;
		more.push(Object.freeze(copy));
	}
	return [...records, ...more];
}
