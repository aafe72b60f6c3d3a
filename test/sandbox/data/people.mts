import { day, fakerCS, idAt, int, pick, plain } from './random.mts';

export type Draft = Record<string, unknown> & { id: number };

const UNITS = ['Studio Kolibřík Praha', 'Studio Kolibřík Brno', 'Studio Kolibřík London'];

/** The business units: the first one is the agency's head office. */
export function makeAgencies(units: number[]): Draft[] {
	return units.map((id, index) => ({
		id,
		name: UNITS[index] ?? `Studio Kolibřík ${id}`,
		code: ['PRG', 'BRQ', 'LON'][index] ?? `U${id}`,
		currency: index === 2 ? 'GBP' : 'CZK',
		company: {
			name: index === 2 ? "Hummingbird & O'Hara Ltd." : 'Studio Kolibřík s.r.o.',
			regOfficeAddress: {
				street: 'Letohradská 7/12',
				city: 'Praha 7',
				zip: '170 00',
				country: 'CZ',
			},
		},
		isDisabled: false,
		properties: { note: null },
	}));
}

const USERS: [first: string, last: string, position: string, groups: string[], rate: number][] = [
	['Ema', 'Nováková', 'Managing Director', ['Supervisor', 'Accountant'], 2200],
	['Jiří', 'Dvořák', 'Client Service Director', ['Supervisor', 'Absence approver'], 1900],
	['Šárka', 'Kučerová', 'Account Manager', ['Account'], 1400],
	['Tomáš', 'Říha', 'Art Director', ['Creative'], 1700],
	['Žaneta', 'Procházková', 'Copywriter', ['Creative'], 1300],
	['Matěj', 'Čermák', 'Graphic Designer', ['Creative'], 1200],
	['Anna-Marie', "O'Connor", 'Strategist', ['Account', 'Creative'], 1800],
	['Bořivoj', 'Šťastný', 'Production Manager', ['Production'], 1300],
	['Klára', 'Hájková', 'Finance Manager', ['Accountant', 'Bulk editor external status'], 1500],
	['Oliver "Ollie"', 'Brown', 'Developer', ['Production'], 1600],
	['Lucie', 'Žďárská', 'Junior Designer', ['Creative'], 900],
];

/** Eleven people (one of them has left) and a programmatic user. */
export function makeUsers(units: number[]): Draft[] {
	const people = USERS.map(([firstName, lastName, position, groupNames, hourlyRate], index) => ({
		id: idAt(11, index),
		userName: `${plain(firstName)}.${plain(lastName)}`,
		firstName,
		lastName,
		email: `${plain(firstName)}.${plain(lastName)}@kolibrik.example`,
		phone: `+420 6${int(10, 99)} ${int(100, 999)} ${int(100, 999)}`,
		category: lastName === 'Brown' ? 'Freelancer' : 'Employee',
		groupNames,
		agencyId: units[lastName === 'Čermák' && units.length > 1 ? 1 : 0],
		isDisabled: lastName === 'Žďárská',
		isDraft: false,
		properties: { position, hourlyRate, note: null as string | null },
	}));
	people[4].properties.note = 'Works Mo–Th.\nNo calls before 10:00, please :-)';
	const integration = {
		...people[0],
		id: idAt(11, USERS.length),
		userName: 'n8n',
		firstName: 'n8n',
		lastName: 'Integrace',
		email: 'n8n@kolibrik.example',
		phone: null,
		category: 'Programmatic user',
		groupNames: ['Configurator'],
		properties: { position: null, hourlyRate: null, note: 'API key for automation' },
	};
	return [...people, integration];
}

const GROUPS: [name: string, type: string][] = [
	['Accountant', 'ROLE'],
	['Absence approver', 'PROCESS'],
	['Attendance editor', 'ROLE'],
	['Bulk editor external status', 'ROLE'],
	['Configurator', 'SYSTEM'],
	['User configurator', 'SYSTEM'],
	['Supervisor', 'ROLE'],
	['Account', 'ROLE'],
	['Creative', 'ROLE'],
	['Production', 'ROLE'],
	['Invoice approval', 'PROCESS'],
];

/** Groups: they decide rights. */
export function makeGroups(): Draft[] {
	return GROUPS.map(([name, type], index) => ({
		id: idAt(201, index),
		name,
		type,
		isDisabled: false,
		properties: { note: null },
	}));
}

type Kind = 'client' | 'supplier' | 'both' | 'prospect';

const COMPANIES: [name: string, kind: Kind, industry: string, country: string, brands: string[]][] =
	[
		["O'Neill & Sons, Ltd.", 'client', 'Food', 'GB', ["O'Neill's Tea", 'Sons+']],
		['Pekařství "Zlatý klas" s.r.o.', 'client', 'Food', 'CZ', ['Zlatý klas', '"Zlatý" rohlík']],
		['Škoda & Žák, a.s.', 'client', 'Law', 'CZ', ['Škoda & Žák']],
		['100% Bio + Fit s.r.o.', 'client', 'Food', 'CZ', ['100% Bio', 'Fit+']],
		[
			'Pivovar U Tří růží a.s.',
			'client',
			'Beverages',
			'CZ',
			['Tři růže', 'Růžička 0,0 %', 'Tmavá růže'],
		],
		['Hračky #1, spol. s r.o.', 'client', 'Retail', 'CZ', ['Hračky #1']],
		['Lékárny Měsíček a.s.', 'client', 'Pharma', 'CZ', ['Měsíček', 'Měsíček Baby']],
		['Zmrzlina 🍦 Polárka s.r.o.', 'client', 'Food', 'CZ', ['Polárka 🍦']],
		['Nakladatelství Řeka', 'client', 'Media', 'CZ', ['Řeka', 'Potůček']],
		['C++ Academy, z.s.', 'client', 'Education', 'CZ', ['C++ Academy']],
		['Banka Bílého lva, a.s.', 'client', 'Finance', 'CZ', ['Bílý lev', 'Lvíče', 'Lev Premium']],
		['Elektro Žižkov a.s.', 'client', 'Retail', 'CZ', ['Elektro Žižkov']],
		['Divadlo Na Hraně', 'client', 'Culture', 'CZ', ['Na Hraně']],
		['Northmoor Tea Company', 'client', 'Food', 'GB', ['Northmoor']],
		['Über Möbel GmbH', 'client', 'Retail', 'DE', ['Über Möbel']],
		['Cestovní kancelář Modrý Delfín', 'client', 'Travel', 'CZ', ['Modrý Delfín']],
		['Sýrárna <Hora> s.r.o.', 'client', 'Food', 'CZ', ['Hora']],
		['Tiskárna Šíp s.r.o.', 'both', 'Print', 'CZ', ['Šíp']],
		['Radio Špunt, a.s.', 'both', 'Media', 'CZ', ['Špunt']],
		['Kamera & Světlo s.r.o.', 'both', 'Production', 'CZ', []],
		["D'Artagnan Film, s.r.o.", 'supplier', 'Production', 'CZ', []],
		['Fotostudio Čočka', 'supplier', 'Production', 'CZ', []],
		['Billboardy Morava s.r.o.', 'supplier', 'Media', 'CZ', []],
		['Korektury Čárka, Tečka', 'supplier', 'Services', 'CZ', []],
		['Kurýr 24/7 s.r.o.', 'supplier', 'Services', 'CZ', []],
		['Hosting\\Cloud CZ', 'supplier', 'IT', 'CZ', []],
		['Pixel Foundry Ltd.', 'supplier', 'IT', 'GB', []],
		['Typo=Grafika s.r.o.', 'supplier', 'Services', 'CZ', []],
		['Kancelář Plus; papír a tonery', 'supplier', 'Office', 'CZ', []],
		['Energie Vltava a.s.', 'supplier', 'Utilities', 'CZ', []],
		['Kavárna Zrnko (catering)', 'supplier', 'Services', 'CZ', []],
		['Voice-over Žížala', 'supplier', 'Production', 'CZ', []],
		['Fitness Orel s.r.o.', 'prospect', 'Sport', 'CZ', []],
		['Statek Pod Dubem', 'prospect', 'Agriculture', 'CZ', []],
		['Zoo Krkonoše, p.o.', 'prospect', 'Culture', 'CZ', []],
		['Loď & Kotva a.s.', 'prospect', 'Retail', 'CZ', []],
	];

/** Clients, suppliers, both and neither, with the characters that break things in their names. */
export function makeCompanies(now: Date): Draft[] {
	return COMPANIES.map(([name, kind, industry, country], index) => {
		const registration = String(int(10_000_000, 99_999_999));
		return {
			id: idAt(30_001, index),
			type: 'COMPANY',
			name,
			isClient: kind === 'client' || kind === 'both',
			isSupplier: kind === 'supplier' || kind === 'both',
			isCertified: index % 3 !== 0,
			isDisabled: name === 'Voice-over Žížala',
			isDraft: false,
			industry,
			category: kind === 'prospect' ? 'PROSPECT' : pick(['A', 'B', 'C']),
			tags: index % 5 === 0 ? ['VIP', 'newsletter'] : [],
			clientDueDays: pick([14, 14, 21, 30]),
			supplierDueDays: pick([14, 30]),
			registrations: { registration, vat: `${country}${registration}` },
			addresses: [
				{
					street: fakerCS.location.streetAddress(),
					city: fakerCS.location.city(),
					zip: fakerCS.location.zipCode(),
					country,
				},
			],
			contacts: [{ type: 'EMAIL', value: `info@${plain(name).slice(0, 18)}.example` }],
			bankAccounts: [{ number: `${int(100_000, 999_999)}/0800`, currency: 'CZK' }],
			properties: {
				note:
					index === 3 ? "Pozor:\n50 % předem, zbytek do 14 dní\n\t– dohodnuto s O'Neillem" : null,
				clientSince: day(now, -int(60, 2500)),
				extStatus: kind === 'prospect' ? null : 'EXT.EXPORTED',
				extName: kind === 'prospect' ? null : `AD${int(10_000, 99_999)}`,
			},
		};
	});
}

/** The brands of the clients. */
export function makeBrands(companies: Draft[]): Draft[] {
	return COMPANIES.flatMap(([, , , , brands], index) =>
		brands.map((name) => ({ name, companyId: companies[index].id })),
	).map((brand, index) => ({
		id: idAt(4001, index),
		...brand,
		isDisabled: brand.name === 'Potůček',
		properties: { note: null },
	}));
}

/** One to four people in each company. */
export function makePersons(companies: Draft[]): Draft[] {
	const persons: Omit<Draft, 'id'>[] = companies.flatMap((company) =>
		Array.from({ length: int(1, 4) }, () => {
			const sex = pick(['female', 'male'] as const);
			const firstName = fakerCS.person.firstName(sex);
			const lastName = fakerCS.person.lastName(sex);
			return {
				firstName,
				lastName,
				companyId: company.id,
				email: `${plain(firstName)}.${plain(lastName)}@${plain(String(company.name)).slice(0, 18)}.example`,
				phone: `+420 7${int(10, 99)} ${int(100, 999)} ${int(100, 999)}`,
				position: pick([
					'Marketing Manager',
					'Brand Manager',
					'Jednatel',
					'Účetní',
					'Assistant',
					null,
				]),
				isDisabled: int(1, 20) === 1,
				tags: [],
				properties: { salutation: sex === 'female' ? 'Vážená paní' : 'Vážený pane', note: null },
			};
		}),
	);
	Object.assign(persons[0], { firstName: 'Seán', lastName: "O'Neill", position: 'Owner' });
	return persons.map((person, index) => ({ id: idAt(24_001, index), ...person }));
}
