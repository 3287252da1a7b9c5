"""What the demonstration's people write to each other."""

from __future__ import annotations

from typing import Final

from app.demo.data import typeset

DESCRIPTION: Final = typeset(
    "Deux jours au vert, à moins d'une heure de Lyon. On y fait le point sur l'année et on en repart avec une feuille "
    "de route que chacun peut expliquer."
)
FOR_VENUES: Final = typeset(
    "Nous cherchons un lieu pour nous seuls, avec une salle claire. Merci de bloquer la date si vous l'avez."
)
FROM_VENUE: Final = typeset("La maison est libre et elle serait à vous seuls. Nous bloquons la date dix jours.")
FROM_ANOTHER_VENUE: Final = typeset("Bonjour, nous sommes libres ces deux jours. Le dîner est servi en deux temps.")
FOR_CATERERS: Final = typeset(
    "Un déjeuner pour douze, dont trois végétariens et une personne sans gluten, sur place à 12 h 45 le vendredi."
)
FROM_FULL_CATERER: Final = typeset("Notre brigade est déjà prise par un mariage ce vendredi-là.")
FOR_CREWS: Final = typeset(
    "Deux heures à douze, le jeudi en fin d'après-midi, sans performance sportive. Quelque chose dont on rit encore au "
    "dîner."
)
FOR_ROOMS: Final = typeset("Une salle claire pour dix-huit, en U si possible, et un déjeuner rapide.")
FROM_ROOM: Final = typeset("Avec plaisir. La salle est à vous dès 8 h pour l'installation.")
REVIEW: Final = typeset(
    "Salle claire, déjeuner à l'heure et une équipe qui anticipe : le vidéoprojecteur était prêt avant nous. Seul "
    "regret, il n'y avait pas de petite salle pour s'isoler."
)
FOR_BARS: Final = typeset("Un espace à nous, debout, avec de quoi dîner en picorant.")
FROM_BAR: Final = typeset("L'espace est libre ce jeudi, nous vous le gardons cinq jours.")
FOR_SNOW: Final = typeset("Un tiers d'entre nous n'a jamais skié : merci de prévoir de quoi les occuper.")
NEWCOMER: Final = typeset(
    "Un ancien entrepôt du port Rambaud, trois ateliers et une verrière. Nous accueillons des équipes qui veulent "
    "fabriquer quelque chose de leurs mains."
)
