import type { Draft } from './people.mts';

/**
 * The records that the examples of Teamogy's documentation point to (R-docex), so that these examples can be sent as
 * they are printed. Only the IDs are documented.
 */
export const DOCUMENTED_UNIT = 18;

/** What the documented examples point to, by collection. */
export function makeDocumented(): Record<string, Draft[]> {
	return {
		agencies: [makeUnit()],
		users: [makeUser()],
		groups: [makeGroup()],
		companies: [makeCompany()],
		persons: [makePerson()],
		documents: [
			makeBinder(25_619, 'Ukázka a.s. – dopisy'),
			makeBinder(26_582, 'Ukázka a.s. – objednávky'),
		],
	};
}

function makeUnit(): Draft {
	return {
		id: DOCUMENTED_UNIT,
		name: 'Studio Kolibřík Ostrava',
		code: 'OSR',
		currency: 'CZK',
		company: { name: 'Studio Kolibřík s.r.o.', regOfficeAddress: null },
		isDisabled: false,
		properties: { note: null },
	};
}

function makeUser(): Draft {
	return {
		id: 24,
		userName: 'vilem.obr',
		firstName: 'Vilém',
		lastName: 'Obr',
		email: 'vilem.obr@kolibrik.example',
		phone: '+420 600 100 200',
		category: 'Employee',
		groupNames: ['Account'],
		agencyId: DOCUMENTED_UNIT,
		isDisabled: false,
		isDraft: false,
		properties: { position: 'Branch Manager', hourlyRate: 1500, note: null },
	};
}

function makeGroup(): Draft {
	return {
		id: 232,
		name: 'Branch Ostrava',
		type: 'ROLE',
		isDisabled: false,
		properties: { note: null },
	};
}

function makeCompany(): Draft {
	return {
		id: 30_370,
		type: 'COMPANY',
		name: 'Ukázka a.s.',
		isClient: false,
		isSupplier: false,
		isCertified: true,
		isDisabled: false,
		isDraft: false,
		industry: 'Culture',
		category: 'PROSPECT',
		tags: [],
		clientDueDays: 14,
		supplierDueDays: 14,
		registrations: { registration: '25303700', vat: 'CZ25303700' },
		addresses: [{ street: 'Hlavní 16', city: 'Ostrava', zip: '702 00', country: 'CZ' }],
		contacts: [],
		bankAccounts: [],
		properties: { note: null, clientSince: '2021-09-01', extStatus: null, extName: null },
	};
}

function makePerson(): Draft {
	return {
		id: 24_409,
		firstName: 'Věra',
		lastName: 'Ukázková',
		companyId: 30_370,
		email: 'vera@ukazka.example',
		phone: null,
		position: 'Jednatel',
		isDisabled: false,
		tags: [],
		properties: { salutation: 'Vážená paní', note: null },
	};
}

function makeBinder(id: number, name: string): Draft {
	return {
		id,
		type: 'BINDER',
		number: '',
		agencyId: DOCUMENTED_UNIT,
		ownerId: 24,
		companyId: 30_370,
		personId: null,
		binderId: null,
		jobId: null,
		status: 'APPROVED',
		statusDate: '2021-09-01',
		category: '',
		tags: [],
		participantIds: [],
		isDisabled: false,
		isDraft: false,
		isCancelled: false,
		process: null,
		acl: null,
		attach: [],
		properties: { name, createdOn: '2021-09-01', note: null },
	};
}
