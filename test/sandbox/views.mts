import { getFullName, type RelatedRecords } from './relatedRecords.mts';
import type { StoredRecord } from './types.mts';
import {
	binder,
	company,
	companyOfJob,
	created,
	document,
	entries,
	fields,
	invoice,
	job,
	money,
	owner,
	parts,
	unit,
	user,
	type Columns,
} from './viewColumns.mts';

/**
 * The views: the vendor's 27 and one that this customer defined. No column list is documented, so all columns here
 * are assumptions in the documented style; so is that a row has flat columns and a nested `properties` object.
 */
export interface View {
	/** The collection its rows come from, one row a record. */
	source: string;
	/** Other collections a row tells something about. */
	reads: string[];
	where?: (record: StoredRecord, related: RelatedRecords) => boolean;
	columns: Columns;
}

function documents(where: (type: string) => boolean, columns: Columns): View {
	return {
		source: 'documents',
		reads: ['users', 'companies', 'persons', 'jobs', 'agencies', 'binders'],
		where: (record) => where(String(record.type)),
		columns,
	};
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
			brandName: (record, related) => related.getName('brands', record.brandId),
			...binder,
			...owner,
			...fields('participantIds', 'startOn', 'dueOn', 'hoursBudget'),
			hoursTracked: (record, related) => related.getHours('byJob', record.id),
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
			counterpartyAgencyName: (record, related) =>
				related.getName('agencies', record.counterpartyAgencyId),
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
			name: getFullName,
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
			userCount: (record, related) => related.countUsers(record.name),
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
			name: getFullName,
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
			documentNumber: (record, related) =>
				related.getField('documents', record.documentId, 'number'),
			documentType: (record, related) => related.getField('documents', record.documentId, 'type'),
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
		taskName: (record, related) => related.getName('tasks', record.taskId),
		...fields('overheadId'),
		overheadName: (record, related) => related.getName('overheads', record.overheadId),
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
			hoursTracked: (record, related) => related.getHours('byTask', record.id),
			...fields('startOn', 'dueOn', 'completedOn', 'isDisabled', 'error'),
		},
	},
	gems: documents((type) => type === 'GEM', { ...document, ...created }),
	/** The customer's own, not in the vendor's list. */
	'jobs.overbudget': jobs(
		(record, related) =>
			typeof record.hoursBudget === 'number' &&
			related.getHours('byJob', record.id) > record.hoursBudget,
	),
};
