import type { device as zh } from './zh-CN.device.ts'

/** The same in English. */
export const device: Record<keyof typeof zh, string> = {
  'offline.title': 'Pay offline',
  'offline.code': 'Offline payment code',
  'offline.left': 'Offline codes: {{left}} of {{of}} left',
  'offline.frozen': 'Offline codes: frozen',
  'offline.until': 'good until {{date}}',
  'offline.unlock': 'No network. Enter your PIN to show an offline payment code',
  'offline.opening': 'Unlocking…',
  'offline.next': 'Show the next offline code',
  'offline.limit': 'Offline payments: {{amount}} a day at most',
  'offline.advice':
    'Each offline code pays once. If the cashier says it was used, show the next one.',
  'offline.pin_wrong': 'Wrong PIN. Tries left before the codes are cleared: {{count}}.',
  'offline.empty': 'No offline codes left',
  'offline.empty_why': 'They are topped up by themselves when you are back online.',
  'offline.gone': 'This device has no offline codes any more',
  'offline.gone_damaged':
    'The stored codes do not open; they may be damaged or altered, and none was shown. Set them up again when you are online.',
  'offline.gone_wrong_pins':
    'The PIN was wrong too often, so the offline codes were cleared. Your money is safe. Set them up again when you are online.',
  'offline.gone_frozen':
    'Your money is safe. When you are online, unfreeze it with your PIN under Devices and offline payment.',
  'offline.old_pin':
    'Changed your PIN on another device? Enter the PIN this device was set up with, or set it up again online.',
  'offline.offer': 'Set up offline payment: pay without a network',
  'offline.filling': 'Topping up offline codes {{done}}/{{wanted}}',

  'passkey.title': 'Fingerprint, face or screen lock',
  'passkey.why':
    'Without a network, open your offline codes with this device’s fingerprint, face or screen lock instead of your PIN.',
  'passkey.is_on':
    'On. Offline codes open with your fingerprint, face or screen lock; your PIN still works.',
  'passkey.turn_on': 'Unlock by fingerprint or face',
  'passkey.turn_off': 'Turn off, use the PIN only',
  'passkey.pin': 'Enter your PIN to unlock by fingerprint or face from now on',
  'passkey.not_made':
    'This device did not complete the check, so it is not on. Try again, or go on with your PIN.',
  'passkey.unlock': 'Unlock by fingerprint, face or screen lock',
  'passkey.refused': 'Not confirmed. Try again, or enter your PIN.',

  'devices.this': 'This device',
  'devices.why':
    'Show payment codes without a network. They are stored encrypted on this device and open with your PIN.',
  'devices.enrol': 'Set up offline payment',
  'devices.enrol_again': 'Set up again',
  'devices.enrol_pin': 'Enter your PIN to set up offline payment',
  'devices.name': 'Device name',
  'devices.name_hint': 'So that you know this device again; 40 characters at most',
  'devices.fill': 'Top up',
  'devices.full': 'Full',
  'devices.cannot':
    'This browser cannot keep offline codes safely. Open the wallet at an https address.',
  'devices.install': 'Add the wallet to your home screen, so that offline codes are kept longer.',
  'devices.mine': 'My devices',
  'devices.none': 'No device is set up for offline payment yet.',
  'devices.here': 'This one',
  'devices.since': 'Set up {{date}}',
  'devices.seen': 'Topped up {{time}}',
  'devices.state.active': 'Ready',
  'devices.state.frozen': 'Frozen',
  'devices.state.revoked': 'Removed',
  'devices.freeze': 'Freeze its offline codes',
  'devices.freeze_why':
    'Offline codes that this device shows are refused from now on. You can unfreeze it with your PIN.',
  'devices.unfreeze': 'Unfreeze',
  'devices.unfreeze_pin': 'Enter your PIN to unfreeze {{name}}',
  'devices.revoke': 'Remove this device',
  'devices.revoke_title': 'Remove {{name}}?',
  'devices.revoke_why':
    'Its offline codes die for ever. To use them there again, the device must be set up anew.',
  'devices.revoke_yes': 'Remove it',
  'devices.keep': 'Keep it',
  'devices.lost': 'Lost your phone?',
  'devices.freeze_all': 'Freeze all offline codes',
  'devices.freeze_all_title': 'Freeze all devices?',
  'devices.freeze_all_why':
    'Offline codes of every device stop at once, this one too. Online payment goes on and your money is safe. You can unfreeze devices one by one.',
  'devices.freeze_all_yes': 'Freeze all',
  'devices.is_frozen': 'This device is frozen; its offline codes do not pay for now.',
}
