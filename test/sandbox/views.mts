import get from 'lodash/get.js';
import mapValues from 'lodash/mapValues.js';
import { OF_ONE_UNIT } from './config.mts';
import { day } from './data/random.mts';
import type { Store } from './store.mts';
import type { Row, StoredRecord } from './types.mts';

/**
 * The views: the vendor's 27 and one that this customer defined. No column list is documented, so all columns here
 * are assumptions in the documented style; so is that a row has flat columns and a nested `properties` object.
 */
export interface View {
	/** The collection its rows come from, one row a record. */
	source: string;
	/** Other collections a row tells something about. */
	reads: string[];
	where?: (record: StoredRecord, look: Look) => boolean;
	columns: Columns;
}

type Values = Record<string, unknown>;
type Columns = Record<string, (record: StoredRecord, look: Look) => unknown>;

/** Finds what the rows of a record show of other records. */
export class Look {
	private hours = {
		version: -1,
		byJob: new Map<unknown, number>(),
		byTask: new Map<unknown, number>(),
	};
	readonly today: string;

	constructor(private readonly store: Store) {
		this.today = day(store.now);
	}

	name(collection: string, id: unknown): unknown {
		return this.field(collection, id, 'name');
	}

	field(collection: string, id: unknown, field: string): unknown {
		return this.store.find(collection, id)?.[field] ?? null;
	}

	person(id: unknown): string | null {
		return fullName(this.store.find('persons', id));
	}

	user(id: unknown): string | null {
		return fullName(this.store.find('users', id));
	}

	binder(id: unknown): unknown {
		return get(this.store.find('documents', id), 'properties.name') ?? null;
	}

	usersIn(group: unknown): number {
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

function fullName(record: StoredRecord | undefined): string | null {
	if (!record) return null;
	return [record.firstName, record.lastName].filter(Boolean).join(' ');
}

function getProperties(record: StoredRecord): Values {
	return (record.properties ?? {}) as Values;
}

/** Columns that are fields of the record; a missing one is null. */
function fields(...names: string[]): Columns {
	return Object.fromEntries(names.map((name) => [name, (record) => record[name] ?? null]));
}

/** Columns that repeat an entry of `properties`, as { column: key }. */
function entries(columns: Record<string, string>): Columns {
	return mapValues(columns, (key) => (record: StoredRecord) => getProperties(record)[key] ?? null);
}

const properties: Columns = { properties: (record) => record.properties ?? {} };
const unit: Columns = {
	...fields('agencyId'),
	agencyName: (record, look) => look.name('agencies', record.agencyId),
};
const owner: Columns = {
	...fields('ownerId'),
	ownerName: (record, look) => look.user(record.ownerId),
};
const company: Columns = {
	...fields('companyId'),
	companyName: (record, look) => look.name('companies', record.companyId),
};
const job: Columns = {
	...fields('jobId'),
	jobName: (record, look) => look.name('jobs', record.jobId),
};
const binder: Columns = {
	...fields('binderId'),
	binderName: (record, look) => look.binder(record.binderId),
};
const user: Columns = {
	...fields('userId'),
	userName: (record, look) => look.user(record.userId),
};
const companyOfJob: Columns = {
	companyId: (record, look) => look.field('jobs', record.jobId, 'companyId'),
	companyName: (record, look) =>
		look.name('companies', look.field('jobs', record.jobId, 'companyId')),
};
const document: Columns = {
	...fields('id', 'type', 'number', 'status', 'statusDate', 'category'),
	...unit,
	...owner,
	...company,
	...fields('personId'),
	personName: (record, look) => look.person(record.personId),
	...job,
	...binder,
	...entries({ name: 'name' }),
	...fields('tags', 'participantIds', 'isDisabled', 'isDraft', 'isCancelled'),
};
const created = entries({ createdOn: 'createdOn' });
const money = entries({
	currency: 'currency',
	net: 'amountNet',
	vatRate: 'vatRate',
	vat: 'amountVat',
	total: 'amountTotal',
});
const invoice: Columns = {
	...document,
	...money,
	...entries({
		issueDate: 'createdOn',
		supplyDate: 'supplyOn',
		dueDate: 'dueOn',
		paidDate: 'paidOn',
	}),
	paymentStatus: (record, look) => {
		const { paidOn, dueOn } = getProperties(record);
		if (paidOn) return 'PAID';
		return typeof dueOn === 'string' && dueOn !== '' && dueOn < look.today ? 'OVERDUE' : 'UNPAID';
	},
	...entries({
		paymentCondition: 'paymentCondition',
		poNumber: 'poNumber',
		referenceNumber: 'referenceNumber',
	}),
};

function documents(where: (type: string) => boolean, columns: Columns): View {
	return {
		source: 'documents',
		reads: ['users', 'companies', 'persons', 'jobs', 'agencies', 'binders'],
		where: (record) => where(String(record.type)),
		columns,
	};
}

/** Columns that are parts of a nested value, as get of lodash finds them; a missing one is null. */
function parts(columns: Record<string, string>): Columns {
	return mapValues(columns, (path) => (record: StoredRecord) => get(record, path) ?? null);
}

function companies(where?: View['where']): View {
	return {
		source: 'companies',
		reads: [],
		where,
		columns: {
			...fields('id', 'type', 'name', 'isClient', 'isSupplier', 'isCertified'),
			...parts({ registration: 'registrations.registration', vat: 'registrations.vat' }),
			...fields('industry', 'category', 'tags', 'clientDueDays', 'supplierDueDays'),
			...parts({ street: 'addresses[0].street', city: 'addresses[0].city' }),
			...parts({ zip: 'addresses[0].zip', country: 'addresses[0].country' }),
			...fields('isDisabled', 'isDraft'),
		},
	};
}

function intervals(type: string, columns: Columns): View {
	return {
		source: 'time',
		reads: ['users', 'jobs', 'tasks', 'overheads', 'companies'],
		where: (record) => record.type === type,
		columns: {
			...fields('id', 'type', 'agencyId'),
			...user,
			...fields('date'),
			...columns,
			...fields('hours', 'status', 'note'),
		},
	};
}

function jobs(where?: View['where']): View {
	return {
		source: 'jobs',
		reads: ['companies', 'brands', 'users', 'binders', 'time'],
		where,
		columns: {
			...fields('id', 'number', 'name', 'status', 'statusDate', 'category', 'agencyId'),
			...company,
			...fields('brandId'),
			brandName: (record, look) => look.name('brands', record.brandId),
			...binder,
			...owner,
			...fields('participantIds', 'startOn', 'dueOn', 'hoursBudget'),
			hoursTracked: (record, look) => look.getHours('byJob', record.id),
			...fields('priceBudget', 'currency', 'tags', 'isDisabled'),
		},
	};
}

function overheads(type: string, columns: Columns): View {
	return {
		source: 'overheads',
		reads: ['companies', 'users'],
		where: (record) => record.type === type,
		columns: {
			...fields('id', 'type', 'code', 'name', 'status', 'category', 'agencyId'),
			...columns,
			...owner,
			...fields('budget', 'currency', 'isDisabled'),
		},
	};
}

function internals(type: string): View {
	return {
		source: 'internals',
		reads: ['agencies', 'jobs', 'users'],
		where: (record) => record.type === type,
		columns: {
			...fields('id', 'type', 'number', 'status'),
			...unit,
			...fields('counterpartyAgencyId'),
			counterpartyAgencyName: (record, look) => look.name('agencies', record.counterpartyAgencyId),
			...job,
			...owner,
			...fields('date', 'amount', 'currency', 'isDisabled'),
		},
	};
}

export const VIEWS: Record<string, View> = {
	units: {
		source: 'agencies',
		reads: [],
		columns: {
			...fields('id', 'name', 'code', 'currency'),
			...parts({ companyName: 'company.name' }),
			...fields('isDisabled'),
		},
	},
	users: {
		source: 'users',
		reads: ['agencies'],
		columns: {
			...fields('id', 'userName', 'firstName', 'lastName'),
			name: fullName,
			...fields('email', 'phone', 'category', 'groupNames'),
			...unit,
			...fields('isDisabled', 'isDraft'),
		},
	},
	groups: {
		source: 'groups',
		reads: ['users'],
		columns: {
			...fields('id', 'name', 'type'),
			userCount: (record, look) => look.usersIn(record.name),
			...fields('isDisabled'),
		},
	},
	companies: companies(),
	'companies.client': companies((record) => record.isClient === true),
	'companies.supplier': companies((record) => record.isSupplier === true),
	persons: {
		source: 'persons',
		reads: ['companies'],
		columns: {
			...fields('id', 'firstName', 'lastName'),
			name: fullName,
			...company,
			...fields('email', 'phone', 'position', 'tags', 'isDisabled'),
		},
	},
	brands: {
		source: 'brands',
		reads: ['companies'],
		columns: { ...fields('id', 'name'), ...company, ...fields('isDisabled') },
	},
	/** Documents – All: of every type, invoices and binders included (assumption). */
	documents: documents(() => true, { ...document, ...created }),
	'documents.order.purchase': documents((type) => type === 'DOCUMENT.ORDER.PURCHASE', {
		...document,
		...created,
		...money,
	}),
	'documents.quotation.sales': documents((type) => type === 'DOCUMENT.QUOTATION.SALES', {
		...document,
		...created,
		...money,
		...entries({ validOn: 'validOn' }),
	}),
	'invoices.purchase': documents((type) => type.startsWith('INVOICE.PURCHASE'), invoice),
	'invoices.sales': documents((type) => type.startsWith('INVOICE.SALES'), invoice),
	'internals.purchase': internals('INTERNAL.PURCHASE'),
	'internals.sales': internals('INTERNAL.SALES'),
	'overheads.client': overheads('OVERHEAD.CLIENT', company),
	'overheads.internal': overheads('OVERHEAD.INTERNAL', {}),
	cashboxes: documents((type) => type.startsWith('CASHBOX.'), {
		...document,
		...created,
		...entries({ cashbox: 'cashbox' }),
		...money,
	}),
	journal: {
		source: 'journal',
		reads: ['documents', 'companies', 'jobs'],
		columns: {
			...fields('id', 'date', 'agencyId', 'documentId'),
			documentNumber: (record, look) => look.field('documents', record.documentId, 'number'),
			documentType: (record, look) => look.field('documents', record.documentId, 'type'),
			...company,
			...job,
			...fields('account', 'debit', 'credit', 'currency', 'text'),
		},
	},
	'intervals.absence': intervals('ABSENCE', fields('dateTo', 'category')),
	'intervals.attendance': intervals('ATTENDANCE', fields('timeFrom', 'timeTo', 'category')),
	'intervals.track': intervals('TRACK', {
		...job,
		...fields('taskId'),
		taskName: (record, look) => look.name('tasks', record.taskId),
		...fields('overheadId'),
		overheadName: (record, look) => look.name('overheads', record.overheadId),
		...companyOfJob,
		...fields('isBillable'),
	}),
	binders: documents((type) => type === 'BINDER', { ...document, ...created }),
	opportunities: {
		source: 'opportunities',
		reads: ['companies', 'users'],
		columns: {
			...fields('id', 'number', 'name', 'status', 'statusDate', 'agencyId'),
			...company,
			...owner,
			...fields('probability', 'price', 'currency', 'expectedOn', 'isDisabled'),
		},
	},
	jobs: jobs(),
	tasks: {
		source: 'tasks',
		reads: ['jobs', 'companies', 'users', 'time'],
		columns: {
			...fields('id', 'number', 'name', 'status', 'priority', 'agencyId'),
			...job,
			...companyOfJob,
			...fields('parentId'),
			...user,
			...fields('hoursPlanned'),
			hoursTracked: (record, look) => look.getHours('byTask', record.id),
			...fields('startOn', 'dueOn', 'completedOn', 'isDisabled', 'error'),
		},
	},
	gems: documents((type) => type === 'GEM', { ...document, ...created }),
	/** The customer's own, not in the vendor's list. */
	'jobs.overbudget': jobs(
		(record, look) =>
			typeof record.hoursBudget === 'number' &&
			look.getHours('byJob', record.id) > record.hoursBudget,
	),
};

interface Built {
	columns: Set<string>;
	properties: Set<string>;
	all: Row[];
}

/** Builds the rows of views, and after a change only those that it touches. */
export class Views {
	private readonly look: Look;
	private readonly built = new Map<
		string,
		Built & { stamp: string; readStamp: string; perRecord: WeakMap<StoredRecord, Row> }
	>();

	constructor(private readonly store: Store) {
		this.look = new Look(store);
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
			if (view.where && !view.where(record, this.look)) continue;
			let row = perRecord.get(record);
			if (!row) {
				row = buildRow(make, record, this.look);
				perRecord.set(record, row);
			}
			all.push(row);
			if (row.properties !== seen) {
				seen = row.properties;
				for (const property of Object.keys(seen as Values)) keys.add(property);
			}
		}
		const built = { columns, properties: keys, all, stamp, readStamp, perRecord };
		this.built.set(key, built);
		return built;
	}
}

function buildRow(make: [string, Columns[string]][], record: StoredRecord, look: Look): Row {
	const row: Values = {};
	for (const [column, value] of make) row[column] = value(record, look);
	return Object.freeze(row);
}
