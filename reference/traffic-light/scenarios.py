from stage import note, together


def crossing(student, cars):
    """A thread for each car (id, road, direction). A car that crosses is noted when it enters and when it is across."""
    light = student.TrafficLight()

    def arrive(car, road, direction):
        def cross():
            note(car, act="enters", road=road)
            note(car, act="is across", road=road)

        light.carArrived(car, road, direction, lambda: note(car, act="green", road=road), cross)

    together(*(lambda car=car: arrive(*car) for car in cars))
