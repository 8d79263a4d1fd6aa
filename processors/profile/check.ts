// Whether an interaction, or an update of a customer, makes sense. What does not is dead-lettered with its reason, before anything is changed.
import type { CustomerUpdate, Interaction } from '../../schemas/types.ts';
import { isName } from './counting.ts';
import { limits } from './limits.ts';

export interface Problem {
  /** A short bounded label. */
  readonly reason: string;
  readonly message: string;
}

export function interactionProblem(key: string, interaction: Interaction): Problem | undefined {
  return (
    idProblem('interaction_id', interaction.interaction_id) ??
    idProblem('customer_id', interaction.customer_id) ??
    (interaction.item_id === null ? undefined : idProblem('item_id', interaction.item_id)) ??
    keyProblem(key, 'customer_id', interaction.customer_id) ??
    typeProblem(interaction) ??
    numberProblem(interaction)
  );
}

export function updateProblem(key: string, update: CustomerUpdate): Problem | undefined {
  return (
    idProblem('customer_id', update.customer_id) ??
    keyProblem(key, 'customer_id', update.customer_id) ??
    ageProblem(update)
  );
}

export function idProblem(field: string, id: string): Problem | undefined {
  if (id.trim() === '') return { reason: `empty_${field}`, message: `${field} is empty` };
  if (id.length <= limits.idCharsMax) return undefined;
  return { reason: `long_${field}`, message: `${field} has ${id.length} characters, at most ${limits.idCharsMax} fit` };
}

export function keyProblem(key: string, field: string, id: string): Problem | undefined {
  if (key === id) return undefined;
  return { reason: 'wrong_key', message: `the record's key is ${key}, its ${field} ${id}` };
}

function typeProblem({ event_type }: Interaction): Problem | undefined {
  if (isName(event_type)) return undefined;
  return { reason: 'bad_event_type', message: 'event_type needs a letter first and at most 64 characters' };
}

function numberProblem({ value, quantity, timestamp }: Interaction): Problem | undefined {
  if (!(Math.abs(value ?? 0) <= limits.valueMax)) return { reason: 'bad_value', message: `value is ${value}` };
  if (!(quantity > 0 && quantity <= limits.quantityMax)) {
    return { reason: 'bad_quantity', message: `quantity is ${quantity}` };
  }
  if (timestamp < 0) return { reason: 'bad_timestamp', message: `timestamp ${timestamp} is before 1970` };
  return undefined;
}

function ageProblem({ age }: CustomerUpdate): Problem | undefined {
  if (age === null || (age >= 0 && age <= limits.ageMax)) return undefined;
  return { reason: 'bad_age', message: `age is ${age}` };
}
