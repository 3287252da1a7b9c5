"""The stand-in's sentences, in French and in English. It runs apart from the application, so it carries its own."""

N = "\u202f"  # the narrow space before : ; ? !
TEXTS: dict[str, dict[str, str]] = {
    "test_mode": {"fr": "MODE TEST", "en": "TEST MODE"},
    "test_note": {
        "fr": "Aucun argent ne circule. Cette page tient lieu de celle de Stripe sur cette machine.",
        "en": "No money moves. This page stands in for Stripe’s on this machine.",
    },
    "pay_title": {"fr": "Payer {payee}", "en": "Pay {payee}"},
    "to": {"fr": "Bénéficiaire", "en": "Paid to"},
    "until": {"fr": "À régler avant le {when} (heure de Paris)", "en": "To be paid before {when} (Paris time)"},
    "cancel": {"fr": "Revenir sans payer", "en": "Go back without paying"},
    "method": {"fr": "Moyen de paiement", "en": "Payment method"},
    "card": {"fr": "Carte", "en": "Card"},
    "sepa_debit": {"fr": "Prélèvement SEPA", "en": "SEPA debit"},
    "customer_balance": {"fr": "Virement", "en": "Bank transfer"},
    "email": {"fr": "Adresse e-mail", "en": "Email"},
    "card_name": {"fr": "Nom sur la carte", "en": "Name on the card"},
    "number": {"fr": "Numéro de carte", "en": "Card number"},
    "expiry": {"fr": "Expiration (MM/AA)", "en": "Expiry (MM/YY)"},
    "cvc": {"fr": "Cryptogramme", "en": "Security code"},
    "pay": {"fr": "Payer {amount}", "en": "Pay {amount}"},
    "holder": {"fr": "Titulaire du compte", "en": "Account holder"},
    "iban": {"fr": "IBAN", "en": "IBAN"},
    "mandate": {
        "fr": "En validant, vous autorisez {payee} à débiter ce compte. Le débit met quelques jours ouvrés et peut "
        "échouer.",
        "en": "By confirming, you authorise {payee} to debit this account. The debit takes some business days and may "
        "fail.",
    },
    "debit": {"fr": "Autoriser le prélèvement de {amount}", "en": "Authorise the debit of {amount}"},
    "transfer_intro": {
        "fr": "Vous recevrez un IBAN et une référence à indiquer sur votre virement. Il met un à trois jours ouvrés.",
        "en": "You will be given an IBAN and a reference to put on your transfer. It takes one to three business days.",
    },
    "transfer_start": {"fr": "Afficher l’IBAN pour virer {amount}", "en": "Show the IBAN to transfer {amount}"},
    "cards_title": {"fr": "Cartes de test", "en": "Test cards"},
    "cards_note": {
        "fr": f"Toute date à venir et tout cryptogramme conviennent{N}; n’entrez jamais une vraie carte.",
        "en": "Any future date and any security code will do; never enter a real card.",
    },
    "card_4242": {"fr": "est acceptée", "en": "is accepted"},
    "card_0002": {"fr": "est refusée", "en": "is declined"},
    "card_9995": {"fr": "n’a pas assez de provision", "en": "has insufficient funds"},
    "card_0341": {"fr": "est acceptée, puis refusée aux débits suivants", "en": "is accepted, then declined later on"},
    "card_3220": {"fr": "demande une authentification 3-D Secure", "en": "asks for 3-D Secure"},
    "ibans_title": {"fr": "IBAN de test", "en": "Test IBAN"},
    "ibans_note": {
        "fr": "Tout IBAN valable convient. Le prélèvement reste en cours jusqu’à ce que vous y répondiez depuis les "
        "commandes.",
        "en": "Any valid IBAN will do. The debit stays in progress until you answer for the bank in the controls.",
    },
    # what is wrong with a field
    "errors": {
        "fr": "Le paiement n’est pas parti. Corrigez ceci\u202f:",
        "en": "Nothing was paid. Please correct this:",
    },
    "name_missing": {"fr": "Indiquez le nom du titulaire.", "en": "Enter the holder’s name."},
    "number_missing": {"fr": "Indiquez le numéro de la carte.", "en": "Enter the card number."},
    "number_letters": {
        "fr": "Un numéro de carte ne contient que des chiffres.",
        "en": "A card number has digits only.",
    },
    "number_length": {
        "fr": f"Ce numéro est incomplet{N}: une carte compte 14 à 19 chiffres.",
        "en": "This number is incomplete: a card has 14 to 19 digits.",
    },
    "number_luhn": {
        "fr": "Ce numéro comporte une erreur de saisie. Vérifiez-le chiffre par chiffre.",
        "en": "This number has a typing error. Check it digit by digit.",
    },
    "number_real": {
        "fr": "Le mode test n’accepte que les cartes de test. Essayez 4242 4242 4242 4242.",
        "en": "Test mode takes test cards only. Try 4242 4242 4242 4242.",
    },
    "expiry_missing": {"fr": "Indiquez la date d’expiration.", "en": "Enter the expiry date."},
    "expiry_shape": {
        "fr": "Écrivez le mois et l’année, par exemple 09/30.",
        "en": "Write month and year, for example 09/30.",
    },
    "expiry_past": {"fr": "Cette carte est expirée.", "en": "This card has expired."},
    "expiry_far": {"fr": "Cette année est trop lointaine.", "en": "This year is too far away."},
    "cvc_missing": {"fr": "Indiquez le cryptogramme.", "en": "Enter the security code."},
    "cvc_length": {"fr": "Le cryptogramme compte 3 chiffres.", "en": "The security code has 3 digits."},
    "cvc_length_amex": {
        "fr": "Le cryptogramme de cette carte compte 4 chiffres.",
        "en": "This card’s security code has 4 digits.",
    },
    "iban_missing": {"fr": "Indiquez l’IBAN du compte à débiter.", "en": "Enter the IBAN of the account to debit."},
    "iban_invalid": {
        "fr": f"Cet IBAN comporte une erreur de saisie. Essayez FR14{N}2004{N}1010{N}0505{N}0001{N}3M02{N}606.",
        "en": "This IBAN has a typing error. Try FR14 2004 1010 0505 0001 3M02 606.",
    },
    "amount_invalid": {
        "fr": "Indiquez un montant en euros, par exemple 120,50.",
        "en": "Enter an amount in euros, for example 120.50.",
    },
    # what the bank said
    "refused_card_declined": {
        "fr": "Votre banque a refusé cette carte. Essayez une autre carte ou appelez votre banque.",
        "en": "Your card was declined. Try another card or call your bank.",
    },
    "refused_insufficient_funds": {
        "fr": "La provision de cette carte est insuffisante. Essayez une autre carte.",
        "en": "Your card has insufficient funds. Try another card.",
    },
    "refused_lost_card": {
        "fr": "Votre banque a refusé cette carte. Essayez une autre carte.",
        "en": "Your card was declined. Try another card.",
    },
    "refused_expired_card": {
        "fr": "Cette carte est expirée. Essayez une autre carte.",
        "en": "Your card has expired. Try another card.",
    },
    "refused_incorrect_cvc": {
        "fr": "Le cryptogramme n’est pas celui de la carte. Vérifiez-le.",
        "en": "The security code is not the card’s. Check it.",
    },
    "refused_processing_error": {
        "fr": "La banque n’a pas pu traiter le paiement. Réessayez dans un instant.",
        "en": "The bank could not process the payment. Try again in a moment.",
    },
    "refused_3ds": {
        "fr": "L’authentification a échoué. Réessayez ou prenez une autre carte.",
        "en": "Authentication failed. Try again or use another card.",
    },
    # 3-D Secure
    "3ds_title": {"fr": "Votre banque vérifie que c’est bien vous", "en": "Your bank checks that it is you"},
    "3ds_text": {
        "fr": "Authentification 3-D Secure pour {amount} à {payee}.",
        "en": "3-D Secure authentication for {amount} to {payee}.",
    },
    "3ds_complete": {"fr": "Confirmer l’authentification", "en": "Complete authentication"},
    "3ds_fail": {"fr": "Faire échouer l’authentification", "en": "Fail authentication"},
    # bank transfer
    "transfer_title": {"fr": "Effectuez votre virement", "en": "Make your transfer"},
    "transfer_due": {"fr": "Montant à virer", "en": "Amount to transfer"},
    "reference": {"fr": "Référence à indiquer", "en": "Reference to quote"},
    "transfer_held": {
        "fr": "{amount} sont arrivés et attendent d’être rapprochés.",
        "en": "{amount} has arrived and waits to be reconciled.",
    },
    "transfer_back": {"fr": "Revenir à {payee}", "en": "Return to {payee}"},
    "transfer_play": {"fr": f"Test{N}: jouer la banque", "en": "Test: play the bank"},
    "transfer_amount": {"fr": "Montant reçu (€)", "en": "Amount received (€)"},
    "transfer_send": {"fr": "Simuler l’arrivée du virement", "en": "Simulate the transfer’s arrival"},
    # over
    "over_title": {"fr": "Cette page de paiement a expiré", "en": "This payment page has expired"},
    "over_text": {
        "fr": "Rien n’a été débité. Revenez à votre réservation pour ouvrir une nouvelle page de paiement.",
        "en": "Nothing was charged. Go back to your booking to open a new payment page.",
    },
    "over_back": {"fr": "Revenir à la réservation", "en": "Back to the booking"},
    # onboarding
    "setup_title": {"fr": "Activez vos paiements", "en": "Activate your payments"},
    "setup_text": {
        "fr": "Chez Stripe, vous donneriez ici l’identité de votre entreprise et votre compte bancaire.",
        "en": "At Stripe, you would give your company’s identity and your bank account here.",
    },
    "setup_account": {"fr": "Compte", "en": "Account"},
    "setup_complete": {"fr": "Terminer l’inscription", "en": "Finish onboarding"},
    "setup_incomplete": {"fr": "Laisser une pièce manquante", "en": "Leave a document missing"},
    "setup_cancel": {"fr": "Revenir sans rien envoyer", "en": "Go back without sending anything"},
    # controls
    "control_title": {"fr": "Commandes du banc d’essai", "en": "Test controls"},
    "control_link": {"fr": "Ouvrir les commandes", "en": "Open the controls"},
    "control_banks": {"fr": "Ce qui attend une banque", "en": "What waits for a bank"},
    "control_none": {"fr": "Rien n’attend.", "en": "Nothing waits."},
    "control_settle": {"fr": "La banque paie", "en": "The bank pays"},
    "control_fail": {"fr": "La banque refuse", "en": "The bank refuses"},
    "control_fund": {"fr": "Le virement arrive en entier", "en": "The transfer arrives in full"},
    "control_refund_settle": {"fr": "Le remboursement arrive", "en": "The refund arrives"},
    "control_refund_fail": {"fr": "Le remboursement revient", "en": "The refund comes back"},
    "control_refund": {"fr": "Remboursement", "en": "Refund"},
    "control_deliveries": {"fr": "Notifications envoyées à l’application", "en": "Webhooks sent to the application"},
    "control_to": {"fr": f"Destination{N}: {{url}}", "en": "Sent to: {url}"},
    "control_nowhere": {"fr": "Aucune destination n’est réglée.", "en": "No destination is set."},
    "control_rules": {"fr": "Règles en vigueur", "en": "Rules in force"},
    "control_action": {"fr": "Action", "en": "Action"},
    "control_drop": {"fr": "perdre", "en": "drop"},
    "control_delay": {"fr": "retarder", "en": "delay"},
    "control_repeat": {"fr": "répéter", "en": "repeat"},
    "control_reorder": {"fr": "inverser l’ordre", "en": "reorder"},
    "control_type": {"fr": "Type d’évènement", "en": "Event type"},
    "control_times": {"fr": "Nombre de fois", "en": "How many times"},
    "control_seconds": {"fr": "Secondes de retard", "en": "Seconds of delay"},
    "control_add": {"fr": "Ajouter la règle", "en": "Add the rule"},
    "control_clear": {
        "fr": "Retirer les règles et libérer ce qui est retenu",
        "en": "Remove the rules and release what is held",
    },
    "control_pause": {"fr": "Suspendre les envois", "en": "Pause deliveries"},
    "control_resume": {"fr": "Reprendre les envois", "en": "Resume deliveries"},
    "control_again": {"fr": "Renvoyer", "en": "Send again"},
    "control_state": {"fr": "État", "en": "State"},
    "control_attempts": {"fr": "Essais", "en": "Attempts"},
    "control_answer": {"fr": "Réponse", "en": "Answer"},
    "state_waiting": {"fr": "en attente", "en": "waiting"},
    "state_delivered": {"fr": "reçue", "en": "delivered"},
    "state_failed": {"fr": "abandonnée", "en": "given up"},
    "state_dropped": {"fr": "perdue", "en": "dropped"},
    "state_held": {"fr": "retenue", "en": "held"},
    # problems
    "problem_title": {"fr": "Cela n’a pas pu se faire", "en": "That could not be done"},
    "missing_title": {"fr": "Cette page n’existe pas", "en": "There is no such page"},
    "missing_text": {
        "fr": "Le lien est incomplet, ou les données de test ont été effacées depuis.",
        "en": "The link is incomplete, or the test data has been cleared since.",
    },
}
